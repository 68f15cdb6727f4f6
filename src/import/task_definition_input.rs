//! The request of `RegisterTaskDefinition` as people write it, in JSON or inside a scenario in TOML.
//!
//! Every field may be missing or null, numbers keep their sign, and what is not named here is kept word for word, so that an
//! export gives back what came in. It checks nothing: the rules are in `task_definition_rules` and `container_rules`.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use super::from_value::{FromValue, Mismatch, camel, object, take};
use super::quantity::Quantity;

/// Fields that are carried along without being looked at.
pub type Rest = Map<String, Value>;

/// The options of a log driver, by name.
pub type Options = Map<String, Value>;

macro_rules! input {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident $(as $key:literal)?: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[$field_about])*
                $(#[serde(rename = $key)])?
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$kind>,
            )*
            /// Every other field.
            #[serde(flatten)]
            pub rest: Rest,
        }

        impl FromValue for $name {
            fn from_value(value: Value) -> Result<Self, Mismatch> {
                let mut rest = object(value, concat!("an object (", stringify!($name), ")"))?;
                Ok(Self {
                    $($field: take(&mut rest, &key(stringify!($field), None$(.or(Some($key)))?))?,)*
                    rest,
                })
            }
        }
    };
}

fn key(field: &str, given: Option<&str>) -> String {
    given.map_or_else(|| camel(field), str::to_owned)
}

impl FromValue for Options {
    fn from_value(value: Value) -> Result<Self, Mismatch> {
        object(value, "a map")
    }
}

impl<'de> Deserialize<'de> for TaskDefinitionInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value(value).map_err(|mismatch| de::Error::custom(format!("{}: {}", mismatch.path, mismatch.message)))
    }
}

input! {
    /// A whole task definition.
    TaskDefinitionInput {
        /// `family`
        family: String,
        /// `networkMode`
        network_mode: String,
        /// `cpu`: units or vCPU.
        cpu: Quantity,
        /// `memory`: MiB or GB.
        memory: Quantity,
        /// `requiresCompatibilities`
        requires_compatibilities: Vec<String>,
        /// `containerDefinitions`
        container_definitions: Vec<ContainerInput>,
        /// `volumes`
        volumes: Vec<VolumeInput>,
        /// `placementConstraints`
        placement_constraints: Vec<ConstraintInput>,
        /// `ephemeralStorage`
        ephemeral_storage: EphemeralStorageInput,
        /// `runtimePlatform`
        runtime_platform: RuntimePlatformInput,
        /// `executionRoleArn`
        execution_role_arn: String,
        /// `taskRoleArn`
        task_role_arn: String,
    }
}

input! {
    /// One of `containerDefinitions`.
    ContainerInput {
        /// `name`
        name: String,
        /// `image`
        image: String,
        /// `cpu` in units.
        cpu: i64,
        /// `memory` in MiB.
        memory: i64,
        /// `memoryReservation` in MiB.
        memory_reservation: i64,
        /// `essential`
        essential: bool,
        /// `portMappings`
        port_mappings: Vec<PortMappingInput>,
        /// `healthCheck`
        health_check: HealthCheckInput,
        /// `dependsOn`
        depends_on: Vec<DependencyInput>,
        /// `resourceRequirements`
        resource_requirements: Vec<ResourceRequirementInput>,
        /// `startTimeout` in seconds.
        start_timeout: i64,
        /// `stopTimeout` in seconds.
        stop_timeout: i64,
        /// `restartPolicy`
        restart_policy: RestartPolicyInput,
        /// `mountPoints`
        mount_points: Vec<MountPointInput>,
        /// `logConfiguration`
        log_configuration: LogConfigurationInput,
        /// `privileged`
        privileged: bool,
        /// `secrets`
        secrets: Vec<SecretInput>,
    }
}

input! {
    /// One of `portMappings`.
    PortMappingInput {
        /// `containerPort`
        container_port: i64,
        /// `hostPort`
        host_port: i64,
        /// `protocol`
        protocol: String,
        /// `containerPortRange`, such as `8000-8010`.
        container_port_range: String,
    }
}

input! {
    /// `healthCheck`, times in seconds.
    HealthCheckInput {
        /// `command`
        command: Vec<String>,
        /// `interval`
        interval: i64,
        /// `timeout`
        timeout: i64,
        /// `retries`
        retries: i64,
        /// `startPeriod`
        start_period: i64,
    }
}

input! {
    /// One of `dependsOn`.
    DependencyInput {
        /// `containerName`
        container_name: String,
        /// `condition`
        condition: String,
    }
}

input! {
    /// One of `resourceRequirements`.
    ResourceRequirementInput {
        /// `value`
        value: String,
        /// `type`
        kind as "type": String,
    }
}

input! {
    /// `restartPolicy`
    RestartPolicyInput {
        /// `enabled`
        enabled: bool,
        /// `ignoredExitCodes`
        ignored_exit_codes: Vec<i32>,
        /// `restartAttemptPeriod` in seconds.
        restart_attempt_period: i64,
    }
}

input! {
    /// One of `mountPoints`.
    MountPointInput {
        /// `sourceVolume`
        source_volume: String,
        /// `containerPath`
        container_path: String,
        /// `readOnly`
        read_only: bool,
    }
}

input! {
    /// `logConfiguration`
    LogConfigurationInput {
        /// `logDriver`
        log_driver: String,
        /// `options`
        options: Options,
    }
}

input! {
    /// One of `secrets`.
    SecretInput {
        /// `name`
        name: String,
        /// `valueFrom`
        value_from: String,
    }
}

input! {
    /// One of `volumes`.
    VolumeInput {
        /// `name`
        name: String,
        /// `host`
        host: HostVolumeInput,
        /// `dockerVolumeConfiguration`
        docker_volume_configuration: DockerVolumeInput,
        /// `efsVolumeConfiguration`
        efs_volume_configuration: FileSystemInput,
        /// `fsxWindowsFileServerVolumeConfiguration`
        fsx_windows_file_server_volume_configuration: FileSystemInput,
        /// `configuredAtLaunch`
        configured_at_launch: bool,
    }
}

input! {
    /// `host` of a volume.
    HostVolumeInput {
        /// `sourcePath`
        source_path: String,
    }
}

input! {
    /// `dockerVolumeConfiguration`
    DockerVolumeInput {
        /// `driver`
        driver: String,
    }
}

input! {
    /// `efsVolumeConfiguration` or `fsxWindowsFileServerVolumeConfiguration`.
    FileSystemInput {
        /// `fileSystemId`
        file_system_id: String,
    }
}

input! {
    /// One of `placementConstraints`.
    ConstraintInput {
        /// `type`
        kind as "type": String,
        /// `expression`
        expression: String,
    }
}

input! {
    /// `ephemeralStorage`
    EphemeralStorageInput {
        /// `sizeInGiB`
        size_in_gib as "sizeInGiB": i64,
    }
}

input! {
    /// `runtimePlatform`
    RuntimePlatformInput {
        /// `cpuArchitecture`
        cpu_architecture: String,
        /// `operatingSystemFamily`
        operating_system_family: String,
    }
}
