import { Option } from "@commander-js/extra-typings";

/** An option that can be given several times. */
export function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, earlier: unknown) => [
    ...((earlier as readonly string[] | undefined) ?? []),
    value,
  ]) as Option;
}

export function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

/** Commander would take an option `--no-build` as the negation of an option `--build`. */
export function withoutNegation(option: Option): Option {
  option.negate = false;
  return option;
}

/** Puts the options under one heading of the help. */
export function group(heading: string, options: readonly Option[]): readonly Option[] {
  return options.map((option) => option.helpGroup(heading));
}
