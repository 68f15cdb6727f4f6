//! The ledger: platform.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    rule("quota.raise", ChosenForTeaching, "ecs.md §8.3",
        "A higher quota is granted at once",
        "Service Quotas answers after minutes or days, and not always with yes."),
    constant(&["image_size_mib"], ChosenForTeaching, "ecs.md §2.5",
        "An image nobody has said anything of is 64 MiB to download",
        "The times of small images are for it; nginx is about that large."),
    constant(&["pull_mib_per_second", "fargate_pull_mib_per_second"], ChosenForTeaching, "ecs.md §2.5, §10",
        "What an image is larger comes at 30 MiB/s on a server and 10 MiB/s on Fargate, unpacking included",
        "So images of 230 to 560 MiB take the 21 to 55 s of real traces on Fargate. Lazy loading (SOCI) is left out."),
    rule("image.size", Simplified, "ecs.md §2.5",
        "The larger an image, the longer its pull",
        "Layers are not told apart: two images that share some do not help each other."),
    constant(&["unpacked_percent"], ChosenForTeaching, "ecs.md §8.1, §14",
        "On disk an image takes 270 % of its download",
        "As for python:3.10, 340 MiB compressed and 917 MiB unpacked."),
    constant(&["container_create_timeout_ms", "container_start_timeout_ms"], Exact, "ecs.md §2.3",
        "The agent gives the creation of a container 4 min and its start 3 min",
        "As in the source of the agent; then the task fails with DockerTimeoutError."),
    constant(&["fargate_start_timeout_ms"], Simplified, "ecs.md §2.9",
        "Fargate gives the start of a container one minute",
        "From the text of ContainerRuntimeTimeoutError."),
    constant(&["role_change_ms"], ChosenForTeaching, "ecs.md §5",
        "A change of a role is felt after 1 to 5 s",
        "IAM is eventually consistent and names no time."),
    rule("start.errors", Simplified, "ecs.md §2.9, §14",
        "What keeps a container from starting fails its task with the words of the service",
        "It strikes the essential containers of a family. Failing pulls are tried as often as the agent does; an image on disk hides them."),
];
