//! Golden runs: each folder of `golden/` is a scenario with a script and the whole log it must give, in plain words.
//!
//! A run goes on until the scenario's `open_at`. `UPDATE_EXPECT=1 cargo test --test golden` writes the logs; read what changed.

#[path = "common/folders.rs"]
mod folders;
#[macro_use]
#[path = "common/one_test_each.rs"]
mod one_test_each;

use folders::WrittenRun;

fn check(name: &str) {
    let (scenario, mut run) = WrittenRun::begin("golden", name);
    assert!(scenario.open_at_ms > 0, "{name}: open_at says how long the run goes on");
    run.follow(&scenario, scenario.open_at_ms);
    run.compare();
}

folders! { golden, check:
    agent_clean_up
    agent_stop
    alarm_silent_agent
    app_hang_with_health_check
    app_hang_without_health_check
    asg_by_hand
    asg_replaces_what_is_lost
    awsvpc_trunking
    blue_green
    blue_green_rolled_back
    blue_green_with_traffic
    canary_rolled_back_by_alarm
    capacity_bigger_than_smallest_type
    capacity_drain_deadlock
    capacity_empty_provider
    capacity_fragmentation
    capacity_from_zero
    capacity_group_at_maximum
    capacity_launch_type_never_scales
    capacity_nothing_configured
    capacity_run_task
    capacity_scale_in
    capacity_scale_out
    capacity_spot_drained
    capacity_spot_undrained
    capacity_strategy_fargate
    capacity_strategy_refused
    capacity_strategy_two_groups
    capacity_termination_protected_drained
    capacity_termination_protected_undrained
    capacity_termination_unprotected_drained
    capacity_termination_unprotected_undrained
    circuit_breaker_rollback
    container_exit_replaced
    crash_loop_is_not_throttled
    daemon_drained_last
    daemon_on_joining_server
    depends_on
    deregister_force
    discovery_stale_answer
    disk_full
    disk_full_of_images
    disk_full_of_logs
    distinct_instance
    drain_leaves_standalone_tasks
    drain_pending
    drain_with_room
    drain_without_room
    eni_limit
    exit_on_a_cut_off_server
    false_alarm
    fargate_capacity_unavailable
    fargate_invalid
    fargate_large_image
    fargate_phases
    fargate_sidecar_start
    fargate_spot_interruption
    fargate_storage_full
    fargate_task_retirement
    fargate_vcpu_quota
    fargate_zone_failure
    gp2_burst_credits
    head_of_line
    health_check_command_missing
    lambda_hooks
    lb_agent_cut_then_host_dead
    lb_hang_on_fargate
    lb_overload_cascade
    lb_rolling_update_delay_30
    lb_rolling_update_delay_300
    lb_sigterm_ignored
    lb_slow_start_without_grace
    lb_stopped_server
    lb_weights_shift
    linear
    network_cut_30s
    network_cut_5min_both
    network_cut_5min_to_agent
    network_cut_5min_to_control_plane
    out_of_memory
    port_conflict
    port_conflict_stall
    port_conflict_stall_zero_hundred
    protected_tasks_hold_a_rollout
    pull_behaviors
    pulls_share_a_volume
    registry_failing_cached
    registry_failing_uncached
    registry_slow
    restart_policy
    rolling_update
    rolling_update_blocked
    run_task_failures
    run_task_without_servers
    scale_in_choice
    scaling_in_waits_for_a_deployment
    server_dies_deregistered
    server_dies_zombies
    service_auto_scaling
    service_connect
    service_scales_out_in_steps
    spot_by_hand_drained
    spot_interruption
    start_create_timeout
    start_ecr_access_denied
    start_entrypoint_not_found
    start_image_not_found
    start_log_group_missing
    start_no_route
    start_resource_initialization
    start_role_not_assumable
    start_task
    start_too_many_requests
    stop_on_a_cut_off_server
    subnet_addresses_exhausted
    subnet_in_another_zone
    terminated_while_connected
    terminated_while_disconnected
    trunk_leaves
    trunk_refused
    update_launch_type
    zone_cut
}
