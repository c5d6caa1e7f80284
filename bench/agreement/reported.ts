import { type RequirementSet, threePlatforms } from "./requirement-sets.ts";

/** Requirements for which Posy once had another solution than uv, or none. */
export const reported: readonly RequirementSet[] = [
  // Dependencies of these packages name pre-releases.
  { name: "azure-cli", requirements: ["azure-cli"], pythons: ["3.12.1", "3.13.5"], builds: true },
  { name: "semantic-kernel", requirements: ["semantic-kernel"], pythons: ["3.12.1"], builds: true },
  // The solution depends on the order in which packages are decided.
  { name: "checkov with boto3", requirements: ["boto3", "checkov"], pythons: ["3.12.1"], builds: true },
  {
    name: "nvidia-cudnn-cu13 with torch",
    requirements: ["nvidia-cudnn-cu13", "torch"],
    pythons: ["3.12.1", "3.13.5"],
  },
  // Some candidates cannot be built.
  {
    name: "protobuf<4 with grpcio-tools",
    requirements: ["protobuf<4", "grpcio-tools"],
    pythons: ["3.12.1", "3.13.5", "3.14.3"],
    builds: true,
  },
  { name: "pandas==1.2.5", requirements: ["pandas==1.2.5"], pythons: ["3.12.1"], builds: true },
  // One of its wheels says `macosx_10_16_arm64`, which fits no machine.
  {
    name: "black==23.10.0",
    requirements: ["black==23.10.0"],
    pythons: ["3.10.8", "3.12.1"],
    platforms: threePlatforms,
  },
  // Only Linux has a wheel, and the source distribution needs autoreconf.
  {
    name: "awslambdaric",
    requirements: ["awslambdaric"],
    pythons: ["3.12.1"],
    platforms: threePlatforms,
    builds: true,
  },
];
