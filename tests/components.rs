//! The page as the host renders it: what each part says and how assistive technology reads it.

use std::rc::Rc;

use ecs_playground::session::frame::{Choice, Folded, Frame, ServerView};
use ecs_playground::session::intent::Intent;
use ecs_playground::ui::bar::Linked;
use ecs_playground::ui::choice_button::{ChoiceButton, ChoiceButtonProps};
use ecs_playground::ui::fargate_lane::{FargateLane, FargateLaneProps, underneath};
use ecs_playground::ui::fixture;
use ecs_playground::ui::page::{Page, PageProps};
use ecs_playground::ui::part::Part;
use ecs_playground::ui::ribbon::ribbon;
use ecs_playground::ui::server_card::{ServerCard, ServerCardProps};
use ecs_playground::ui::server_extras::server_extras;
use ecs_playground::ui::shelf::shelf;
use ecs_playground::ui::timeline::Timeline;
use ecs_playground::ui::why_panel::WhyPanel;
use expect_test::{Expect, expect};
use yew::html::BaseComponent;
use yew::{Callback, Html, LocalServerRenderer, Properties, component};

/// The markup of a component.
fn markup<C: BaseComponent>(props: C::Properties) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime
        .block_on(tokio::task::LocalSet::new().run_until(LocalServerRenderer::<C>::with_props(props).hydratable(false).render()))
}

fn check<C: BaseComponent>(props: C::Properties, expected: Expect) {
    expected.assert_eq(&outline(&markup::<C>(props)));
}

#[derive(Properties, PartialEq)]
struct DrawnProps {
    children: Html,
}

#[component]
fn Drawn(props: &DrawnProps) -> Html {
    props.children.clone()
}

/// The markup of what a function draws.
fn drawn(children: Html) -> String {
    markup::<Drawn>(DrawnProps { children })
}

/// What a reader is told: words, and of elements only their role, name and state. Drawings and looks are left out.
/// A row of a table is one line, with `|` before each cell.
fn outline(markup: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_row = false;
    for piece in markup.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let begins = tag.starts_with("tr ") || tag == "tr";
        in_row = (in_row || begins) && tag != "/tr";
        if begins {
            lines.push(String::new());
        }
        for words in [element(tag).as_str(), text.trim()].into_iter().filter(|words| !words.is_empty()) {
            match lines.last_mut().filter(|_| in_row) {
                Some(row) if row.is_empty() => row.push_str(words),
                Some(row) => *row = format!("{row} {words}"),
                None => lines.push(words.to_owned()),
            }
        }
    }
    lines.join("\n") + "\n"
}

/// `button[aria-label=Play]`; nothing for an element that says nothing by itself.
fn element(tag: &str) -> String {
    const TOLD: [&str; 12] = [
        "role",
        "aria-label",
        "aria-pressed",
        "aria-disabled",
        "aria-describedby",
        "aria-hidden",
        "aria-current",
        "aria-valuetext",
        "value",
        "title",
        "id",
        "tabindex",
    ];
    let name = tag.split([' ', '/']).next().unwrap_or_default();
    let told: String = TOLD.iter().filter_map(|key| Some(format!("[{key}={}]", attribute(tag, key)?))).collect();
    let speaks = ["button", "input", "option", "h2", "h3", "h4", "table", "th", "td", "li", "dialog"].contains(&name);
    match name {
        "th" | "td" if told.is_empty() => "|".to_owned(),
        _ if told.is_empty() && !speaks => String::new(),
        _ => format!("{name}{told}"),
    }
}

fn attribute<'a>(tag: &'a str, key: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {key}=\""))? + key.len() + 3;
    tag[from..].split('"').next()
}

fn pages() -> Vec<(&'static str, Frame)> {
    vec![("rich", fixture::rich()), ("sandbox", fixture::sandbox()), ("empty", fixture::empty()), ("many", fixture::many(100))]
}

fn page(frame: Frame) -> String {
    markup::<Page>(PageProps { frame: Rc::new(frame), send: Callback::noop() })
}

fn silent_server() -> Rc<ServerView> {
    fixture::rich().zones[1].servers[0].clone()
}

#[test]
fn a_silent_server_says_what_is_known_and_what_is_true() {
    check::<ServerCard>(
        ServerCardProps { server: silent_server(), send: Callback::noop(), held: None, current: true },
        expect![[r#"
            article[aria-label=i-03be]
            svg[role=img][aria-label=last report 41 s ago: overdue]
            last report 41 s ago: overdue
            ?
            button[aria-label=Server i-03be, m5.large in us-east-1b, UNKNOWN, still running in truth, 2 tasks, CPU 1,408 of 2,048 free, memory 6,705 of 7,985 MiB free][aria-pressed=false][id=server-3][tabindex=0]
            i-03be
            span[title=A report is overdue. The server may be well; ECS cannot tell.]
            svg[aria-hidden=true]
            UNKNOWN
            m5.large · $0.096/h
            CPU
            1,408 believed free
            button[aria-label=Task web · 7e03, RUNNING, CPU 512 units reserved, 230 used][aria-pressed=false][title=Task web · 7e03, RUNNING, CPU 512 units reserved, 230 used][tabindex=0]
            web
            button[aria-label=Task logs · 36c8, RUNNING, CPU 128 units reserved, 20 used][aria-pressed=false][title=Task logs · 36c8, RUNNING, CPU 128 units reserved, 20 used][tabindex=0]
            logs
            Memory
            6,705 believed free
            svg[aria-hidden=true]
            button[aria-label=Task web · 7e03, RUNNING, Memory 1,024 MiB reserved, 610 used][aria-pressed=false][title=Task web · 7e03, RUNNING, Memory 1,024 MiB reserved, 610 used][tabindex=-1]
            web
            button[aria-label=Task logs · 36c8, RUNNING, Memory 256 MiB reserved, 90 used][aria-pressed=false][title=Task logs · 36c8, RUNNING, Memory 256 MiB reserved, 90 used][tabindex=-1]
            logs
            ul[aria-label=Faults]
            li
            Cause
            1
            network cut
            button
            Heal
            In truth
            span[title=The server and its tasks are well.]
            svg[aria-hidden=true]
            still running
            ECS has not heard from it for 41 s
            button
            svg[aria-hidden=true]
            Put task 2 here
        "#]],
    );
}

#[test]
fn a_deployment_tells_its_revisions_their_share_its_stage_and_what_can_be_decided() {
    let web = fixture::rich().control_plane.services[0].clone();
    let ribbon = ribbon(web.ribbon.as_ref().expect("web is being deployed"), &Callback::noop());
    expect![[r#"
        div[role=group][aria-label=Deployment of web]
        li
        button[aria-pressed=false][title=ACTIVE deployment]
        web:1
        ACTIVE
        svg[aria-hidden=true]
        4 of 4 running
        li
        svg[aria-hidden=true]
        button[aria-pressed=false][title=PRIMARY deployment]
        web:2
        PRIMARY
        svg[aria-hidden=true]
        3 of 4 running + 1 starting
        · 1 failed
        Requests
        web:1
        80 %
        web:2
        20 %
        svg[aria-hidden=true]
        POST_TEST_TRAFFIC_SHIFT
        stage 6 of 11
        svg[aria-hidden=true]
        span[title=The new revision has not taken the place of the old one yet.]
        svg[aria-hidden=true]
        IN_PROGRESS
        span[title=Failed tasks against the threshold of the deployment circuit breaker]
        circuit breaker 1 of 3
        CANARY, for 2 min 5 s
        svg[aria-hidden=true]
        a hook holds it, for 24 h at most
        button[aria-label=Continue the deployment of web]
        Continue
        button[aria-label=Roll back the deployment of web]
        Roll back
    "#]]
    .assert_eq(&outline(&drawn(ribbon)));
}

#[test]
fn what_else_binds_on_a_server_is_told_under_its_bars() {
    let server = fixture::rich().zones[2].servers[0].clone();
    let extras = server.extras.as_ref().expect("it has some");
    let linked = Linked { task: None, set: Callback::noop() };
    expect![[r#"
        Network interfaces
        1 of 2 free
        svg[aria-hidden=true]
        button[aria-label=Task web · 3aaf, RUNNING, protected, Network interfaces 1 of them reserved][aria-pressed=false][title=Task web · 3aaf, RUNNING, protected, Network interfaces 1 of them reserved][tabindex=-1]
        web
        Disk
        24,100 of 26,624 MiB
        svg[aria-hidden=true]
        Host ports
        ul[aria-label=Host ports taken]
        li[title=Port 8080 is taken by api · 4676]
        8080
        by api · 4676
        svg[aria-hidden=true]
        Spot interruption: EC2 takes it back in 1:47
        svg[aria-hidden=true]
    "#]].assert_eq(&outline(&drawn(server_extras(extras, &linked, &Callback::noop()))));
}

#[test]
fn fargate_tells_its_quotas_and_what_lies_underneath() {
    let fargate = fixture::rich().fargate.expect("some tasks run there");
    expect![[r#"
        h4[id=underneath-title]
        In truth
        what AWS runs underneath
        Each task has a micro virtual machine (micro-VM) of its own: its own kernel and network interface, shared with no other task. It lies on a bare-metal host of AWS, beside micro-VMs of other accounts. Neither ECS nor you can see or choose the host.
        li
        Host 17
        us-east-1a
        li
        button[aria-pressed=false]
        micro-VM of
        mail · 07c4
        0.25 vCPU · 0.5 GB
        its containers run
        li
        of other accounts
    "#]].assert_eq(&outline(&drawn(underneath(&fargate.hosts, &Callback::noop()))));
    check::<FargateLane>(
        FargateLaneProps { fargate, send: Callback::noop() },
        expect![[r#"
            h3[id=fargate-title]
            svg[aria-hidden=true]
            Fargate
            3 tasks · no servers of yours
            button[aria-pressed=false][title=What AWS runs underneath]
            svg[aria-hidden=true]
            X-ray
            vCPU quota
            0.5 of 6 used
            svg[aria-hidden=true]
            li
            button[aria-pressed=false]
            span[aria-hidden=true]
            mail · 07c4
            0.25 vCPU · 0.5 GB · us-east-1a
            span[title=As desired.]
            svg[aria-hidden=true]
            RUNNING
            li
            button[aria-pressed=false]
            span[aria-hidden=true]
            mail · ceed
            0.25 vCPU · 0.5 GB · us-east-1b
            span[title=AWS is attaching a network interface.]
            svg[aria-hidden=true]
            PROVISIONING
            li
            button[aria-pressed=false]
            span[aria-hidden=true]
            report · 39a0
            Spot
            1 vCPU · 2 GB · us-east-1c
            span[title=As desired.]
            svg[aria-hidden=true]
            RUNNING
        "#]],
    );
}

#[test]
fn a_ghost_in_the_hand_may_be_put_on_a_server() {
    let card =
        markup::<ServerCard>(ServerCardProps { server: silent_server(), send: Callback::noop(), held: Some(1), current: false });
    assert!(card.contains("Put task 1 here"), "{card}");
    let shelf = shelf(&fixture::rich().control_plane, Some(1), &Callback::noop());
    assert!(drawn(shelf).contains("Task 1: nowhere yet"));
}

#[test]
fn the_timeline_is_a_slider_with_words() {
    let timeline = Timeline { clock: fixture::rich().clock, bottom: Some(None), send: Callback::noop() };
    expect![[r#"
        section[aria-label=Timeline]
        button[aria-label=To the start][title=To the start]
        svg[aria-hidden=true]
        button[aria-label=Play][title=Play]
        svg[aria-hidden=true]
        button[aria-label=Next event][title=Next event]
        svg[aria-hidden=true]
        Next event
        button[aria-label=+1 s: one second further][title=+1 s: one second further]
        +1 s
        Speed
        option[value=1]
        1×
        option[value=2]
        2×
        option[value=5]
        5×
        option[value=10]
        10×
        option[value=30]
        30×
        option[value=60]
        60×
        option[value=600]
        600×
        svg[aria-hidden=true]
        output[aria-label=Simulated time]
        1:33.4
        svg[aria-hidden=true]
        input[aria-label=Time][aria-valuetext=1:33.4 of 2:20.0][value=93400]
        span[aria-hidden=true]
        2:20.0
        1:32.0
        batch waits
        button
        svg[aria-hidden=true]
        Charts
        button
        svg[aria-hidden=true]
        Commands
    "#]]
    .assert_eq(&outline(&drawn(timeline.draw())));
}

#[test]
fn why_is_told_as_a_table() {
    let why = WhyPanel { why: fixture::rich().why.expect("the rich frame answers a question"), send: Callback::noop() };
    expect![[r#"
        h3[tabindex=-1]
        batch · e41c is waiting
        Only i-03be has the room, and ECS places nothing on a server it cannot reach.
        div[role=region][aria-label=Servers against rules][tabindex=0]
        table
        | server | agent | CPU 1,024 | memory 6,144
        | button i-0a1f | ok svg[aria-hidden=true] passes | 1,152 svg[aria-hidden=true] passes | 4,479 svg[aria-hidden=true] fails
        | button i-0c77 | ok svg[aria-hidden=true] passes | 384 svg[aria-hidden=true] fails | 383 svg[aria-hidden=true] fails
        | button i-03be closest | silent svg[aria-hidden=true] fails | 1,408 svg[aria-hidden=true] passes | 6,527 svg[aria-hidden=true] passes
        | button i-09d2 | ok svg[aria-hidden=true] passes | 1,152 svg[aria-hidden=true] passes | 4,479 svg[aria-hidden=true] fails
        h4
        Strategy, step by step
        li
        spread(attribute:ecs.availability-zone)
        Nobody was left to choose among.
        li
        us-east-1a
        2
        svg[aria-hidden=true]
        falls out
        li
        us-east-1b
        1
        svg[aria-hidden=true]
        stays
        The service would print
        (service batch) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 03be5c1d) doesn't have the agent connected.
        h4
        What would help
        li
        Heal the network to i-03be
        button[aria-label=Apply: Heal the network to i-03be]
        Apply
        li
        Add one m5.large in us-east-1b
        button[aria-label=Apply: Add one m5.large in us-east-1b]
        Apply
        li
        Ask for 4,479 MiB or less
        button[aria-label=Apply: Ask for 4,479 MiB or less]
        Apply
        h4
        What caused this
        li
        button
        1
        network cut at i-03be
        0:52.0
        li
        button
        2
        report overdue
        1:14.0
        li
        button
        3
        agent not connected
        1:32.0
        li
        button
        4
        batch cannot be placed
        1:32.4
    "#]]
    .assert_eq(&outline(&drawn(why.draw())));
}

#[test]
fn the_middle_of_a_long_chain_of_causes_is_folded() {
    let mut why = (*fixture::rich().why.expect("the rich frame answers a question")).clone();
    why.folded = Some(Folded { from: 1, to: 3, words: "2 more of the same kinds".into() });
    let html = drawn(WhyPanel { why: Rc::new(why), send: Callback::noop() }.draw());
    let (before, rest) = html.split_once("<details").expect("something is folded");
    let (folded, after) = rest.split_once("</details>").expect("it ends");
    assert!(before.contains("network cut at i-03be") && !before.contains("report overdue"), "{before}");
    for words in ["2 more of the same kinds", "report overdue", "agent not connected"] {
        assert!(folded.contains(words), "no {words}: {folded}");
    }
    assert!(after.contains("batch cannot be placed") && !folded.contains("batch cannot be placed"), "{after}");
}

#[test]
fn a_refused_choice_says_why() {
    let choice = Choice { label: "Redo".into(), intent: Intent::Redo, refused: Some("There is nothing to redo.".into()) };
    check::<ChoiceButton>(
        ChoiceButtonProps { choice, send: Callback::noop(), icon: None, short: None, mark: None, class: "", pressed: None },
        expect![[r#"
            button[aria-disabled=true][aria-describedby=because-1][title=There is nothing to redo.]
            Redo
            span[id=because-1]
            There is nothing to redo.
        "#]],
    );
}

#[test]
fn no_element_carries_a_style_that_the_policy_of_the_page_refuses() {
    for (name, frame) in pages() {
        assert!(!page(frame).contains(" style=\""), "{name}");
    }
}

#[test]
fn no_id_is_given_twice() {
    for (name, frame) in pages() {
        let page = page(frame);
        let mut ids: Vec<&str> = page.split('<').filter_map(|piece| attribute(piece.split('>').next()?, "id")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}");
    }
}

#[test]
fn every_description_that_is_referred_to_is_there() {
    for (name, frame) in pages() {
        let page = page(frame);
        for key in ["aria-describedby", "aria-labelledby", "aria-controls", "popovertarget", "for"] {
            for id in page.split('<').filter_map(|piece| attribute(piece.split('>').next()?, key)) {
                assert!(page.contains(&format!(" id=\"{id}\"")), "{name}: {key} {id}");
            }
        }
    }
}

#[test]
fn tab_reaches_one_server_only() {
    for (name, frame) in pages() {
        let page = page(frame);
        let reached =
            page.split('<').filter(|piece| piece.contains("class=\"server-head\"") && piece.contains("tabindex=\"0\"")).count();
        assert!(reached <= 1, "{name}: {reached}");
    }
}

#[test]
fn a_hundred_servers_of_ten_tasks_stay_light() {
    let many = page(fixture::many(100)).matches("</").count();
    let none = page(fixture::many(0)).matches("</").count();
    assert!(many - none < 100 * 24, "{} elements a server", (many - none) / 100);
}
