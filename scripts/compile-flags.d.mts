export declare const compileFlags: readonly string[];
