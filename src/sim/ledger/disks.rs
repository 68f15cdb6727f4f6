//! The ledger: disks of servers, and what their agents do about them.

use super::Fidelity::{ChosenForTeaching, Exact, Simplified};
use super::{Entry, constant, rule};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    constant(&["server_volume_gib", "server_system_mib"], Simplified, "ecs.md §14",
        "A server has a root volume of 30 GiB, 4 GiB of it for its system; the rest is for images, logs and layers",
        "The volume of the Amazon ECS-optimized image. One volume holds everything; instance stores and volumes of tasks are left out."),
    rule("disk.volume", Simplified, "ecs.md §10",
        "A volume is gp3, with 3,000 I/O operations and 125 MiB a second unless more was asked for, or gp2",
        "ecs.md names no numbers of volumes; these are those of the Amazon EBS user guide. A volume only grows, and its file system with it at once."),
    rule("disk.logs", Simplified, "ecs.md §10, §14",
        "A json-file log grows on the server's disk for ever unless max-size and max-file rotate it; other drivers send logs away",
        "Docker writes json-file when no driver is named. How much an app writes is said by the scenario. Journals and buffers of other drivers take no room."),
    rule("disk.full", ChosenForTeaching, "ecs.md §14",
        "On a full disk containers run on and their logs are lost; an app that writes into its layer ends with exit code 1",
        "What an app does when it cannot write depends on the app."),
    rule("disk.no-room", Simplified, "ecs.md §14",
        "Without room an image is not pulled (CannotPullContainerError) and no container is created (CannotCreateContainerError)",
        "With devicemapper Docker keeps a tenth of the thin pool's blocks of 512 KiB back, and says so. An image is checked when its pull begins and when it ends; what a pull has unpacked so far takes no room."),
    rule("network.burst", Simplified, "ecs.md §10",
        "A t3 server has up to 5 Gbit/s for a time and other servers of at most 16 vCPUs up to 10 Gbit/s; what is for ever is less",
        "§10 has both numbers for m5.large to m5.2xlarge and t3.micro; others follow them. Answers to requests never get more than what is for ever."),
    constant(&["task_cleanup_wait_ms"], Exact, "ecs.md §2.3, §16",
        "The agent removes the containers of a stopped task, their logs and layers, after 3 h",
        "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION, at least a minute. What is set here holds for tasks that have stopped already too, and without a restart of the agent."),
    constant(&["image_cleanup_interval_ms", "image_minimum_age_ms", "images_per_cleanup"], Exact, "ecs.md §2.3, §16",
        "Every 30 min the agent removes at most 5 images that were pulled at least 1 h ago and that no container refers to",
        "ECS_IMAGE_CLEANUP_INTERVAL (at least 10 min), ECS_IMAGE_MINIMUM_CLEANUP_AGE, ECS_NUM_IMAGES_DELETE_PER_CYCLE; ECS_DISABLE_IMAGE_CLEANUP and the pull behaviour prefer-cached switch it off. The age counts from the pull, as in the source of the agent."),
    rule("agent.images", Simplified, "ecs.md §2.3",
        "A stopped container keeps its image from being removed until it is removed itself; the image used longest ago goes first",
        "Cycles are counted from the launch of the server, not from the start of its agent."),
];
