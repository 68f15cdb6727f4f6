//! The whole page over one frame: lays out its parts on a wide or a narrow screen, and keeps what only the eye needs
//! (which tab is open, what is held, what is folded away).

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{CardKind, Frame, GoalState};
use crate::session::intent::{Intent, LaunchMode, Subject};
use crate::session::lesson::Answer;
use crate::sim::ids::InstanceId;
use crate::ui::board::Board;
use crate::ui::breakage::Breakage;
use crate::ui::browser::media::use_media;
use crate::ui::browser::{file_drop, keyboard};
use crate::ui::choice_button::ChoiceButton;
use crate::ui::details_panel::DetailsPanel;
use crate::ui::display::{SingleKeys, use_display};
use crate::ui::events_panel::EventsPanel;
use crate::ui::ghost::GhostMove;
use crate::ui::icons::{Icon, fillings, icon};
use crate::ui::import_dialog::ImportDialog;
use crate::ui::keys::{self, KeyAction};
use crate::ui::keys_dialog::KeysDialog;
use crate::ui::layout::{Pane, PanelTab, panes};
use crate::ui::lesson_rail::{LessonRail, goal};
use crate::ui::notice::Notice;
use crate::ui::side_panel::SidePanel;
use crate::ui::tabs::{Tabs, panel_id, tab_id};
use crate::ui::timeline::Timeline;
use crate::ui::top_bar::TopBar;
use crate::ui::why_panel::WhyPanel;
use crate::ui::words_panel::WordsPanel;
use crate::ui::workload::Workload;

#[derive(Properties, PartialEq)]
pub struct PageProps {
    pub frame: Rc<Frame>,
    pub send: Callback<Intent>,
}

/// What only the eye needs.
#[derive(Clone, Debug, Default, PartialEq)]
struct Look {
    tab: PanelTab,
    pane: Pane,
    rail_folded: bool,
    held: Option<u32>,
    import: Option<AttrValue>,
    help: bool,
}

/// One change of the look.
enum Turn {
    Tab(PanelTab),
    Pane(Pane),
    FoldRail,
    Hold(Option<u32>),
    Import(Option<String>),
    Help(bool),
    /// Show what an intent is about.
    Follow(Intent),
}

impl Reducible for Look {
    type Action = Turn;

    fn reduce(self: Rc<Self>, turn: Turn) -> Rc<Self> {
        let mut look = (*self).clone();
        match turn {
            Turn::Tab(tab) => look.tab = tab,
            Turn::Pane(pane) => look.pane = pane,
            Turn::FoldRail => look.rail_folded = !look.rail_folded,
            Turn::Hold(held) => {
                look.held = held;
                if held.is_some() {
                    look.pane = Pane::Board;
                }
            }
            Turn::Import(text) => look.import = text.map(AttrValue::from),
            Turn::Help(open) => look.help = open,
            Turn::Follow(Intent::Select(Some(_))) => look.tab = PanelTab::Details,
            Turn::Follow(Intent::AskWhy(_) | Intent::WhyWaiting(_) | Intent::ShowObservation(_)) => {
                (look.tab, look.pane) = (PanelTab::Why, Pane::Why)
            }
            Turn::Follow(Intent::Lesson(Answer::PlaceGhost { .. })) => look.held = None,
            Turn::Follow(_) => {}
        }
        if look == *self { self } else { Rc::new(look) }
    }
}

/// The page.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let look = use_reducer(Look::default);
    let turn = look.dispatcher();
    let narrow = use_media("(max-width: 55rem)");
    let (display, on_display) = use_display();
    let send = use_callback(props.send.clone(), {
        let turn = turn.clone();
        move |intent: Intent, send| {
            turn.dispatch(Turn::Follow(intent.clone()));
            send.emit(intent);
        }
    });
    let frame = &props.frame;
    // A ghost can be in the hand only while the card asks for it.
    let held = look.held.filter(|_| frame.lesson.as_ref().is_some_and(|lesson| matches!(lesson.card.kind, CardKind::Ghosts(_))));
    use_keys(frame, held, display.keys, &send, &turn);
    let parts = Parts { frame: frame.clone(), look: (*look).clone(), held, send: send.clone(), turn: turn.clone() };
    let unit = frame.lesson.as_ref().map(|lesson| (lesson.part.clone(), lesson.title.clone()));
    let on_text = {
        let turn = turn.clone();
        Callback::from(move |text| turn.dispatch(Turn::Import(text)))
    };
    let on_help = {
        let turn = turn.clone();
        Callback::from(move |()| turn.dispatch(Turn::Help(true)))
    };
    let on_help_close = Callback::from(move |()| turn.dispatch(Turn::Help(false)));
    html! {
        <div class={classes!("page", if narrow { "one-pane" } else { "three-panes" }, look.rail_folded.then_some("rail-folded"), held.is_some().then_some("holding"))}
            ondragover={|event: DragEvent| if file_drop::carries_files(&event) { event.prevent_default() }}
            ondrop={on_file_drop(&send, &on_text)}>
            { fillings() }
            <a class="skip" href="#main">{ "Skip to the board" }</a>
            <TopBar scenario={frame.scenario.clone()} {unit} mode={frame.mode} can_undo={frame.clock.can_undo} can_redo={frame.clock.can_redo}
                undo_label={frame.clock.undo_label.clone()} {narrow} {display} {on_display} {on_help} send={send.clone()} />
            { if narrow { parts.one_pane() } else { parts.three_panes() } }
            <Timeline clock={frame.clock.clone()} send={send.clone()} />
            { for narrow.then(|| parts.pane_tabs()) }
            <p class="hidden-text" role="status" aria-live="polite">{ &*frame.announcement }</p>
            <Notice notice={frame.notice.clone()} send={send.clone()} />
            <ImportDialog text={look.import.clone()} check={frame.import_check.clone()} {on_text} send={send.clone()} />
            <KeysDialog open={look.help} on_close={on_help_close} />
        </div>
    }
}

/// A dropped file opens the dialog with its text, already checked.
fn on_file_drop(send: &Callback<Intent>, on_text: &Callback<Option<String>>) -> Callback<DragEvent> {
    let (send, on_text) = (send.clone(), on_text.clone());
    Callback::from(move |event: DragEvent| {
        if !file_drop::carries_files(&event) {
            return;
        }
        event.prevent_default();
        let (send, on_text) = (send.clone(), on_text.clone());
        let take = Callback::from(move |text: String| {
            send.emit(Intent::CheckTaskDefinition(text.clone()));
            on_text.emit(Some(text));
        });
        file_drop::read_dropped(&event, take);
    })
}

#[hook]
fn use_keys(frame: &Frame, held: Option<u32>, single: SingleKeys, send: &Callback<Intent>, turn: &UseReducerDispatcher<Look>) {
    let now = (frame.clock.playing, frame.lens, frame.selection, held, single);
    let (send, turn) = (send.clone(), turn.clone());
    use_effect_with(now, move |(playing, lens, selection, held, single)| {
        let (playing, lens, selection, held, single) = (*playing, *lens, *selection, *held, *single);
        let listener = keyboard::listen(move |key| match keys::meaning(key, playing, lens, single) {
            Some(KeyAction::Send(intent)) => {
                send.emit(intent);
                true
            }
            Some(KeyAction::Help) => {
                turn.dispatch(Turn::Help(true));
                true
            }
            Some(KeyAction::Leave) => leave(held, selection, &send, &turn),
            None => false,
        });
        move || drop(listener)
    });
}

/// Esc puts down what is held, else lets go of the selection.
fn leave(held: Option<u32>, selection: Option<Subject>, send: &Callback<Intent>, turn: &UseReducerDispatcher<Look>) -> bool {
    if held.is_some() {
        turn.dispatch(Turn::Hold(None));
    } else if selection.is_some() {
        send.emit(Intent::Select(None));
    }
    held.is_some() || selection.is_some()
}

/// The parts of the page, to be laid out.
struct Parts {
    frame: Rc<Frame>,
    look: Look,
    held: Option<u32>,
    send: Callback<Intent>,
    turn: UseReducerDispatcher<Look>,
}

impl Parts {
    fn three_panes(&self) -> Html {
        let Frame { why, details, events, words, .. } = &*self.frame;
        let folded = self.look.rail_folded;
        let words_for_fold = if folded { "Show the left panel" } else { "Hide the left panel" };
        html! {
            <>
                <aside class="rail" aria-label="Lesson and actions">
                    <button type="button" class="icon-button fold" aria-expanded={(!folded).to_string()} aria-controls="rail-body"
                        aria-label={words_for_fold} title={words_for_fold} onclick={self.turn(|_: MouseEvent| Turn::FoldRail)}>{ icon(if folded { Icon::Forward } else { Icon::Back }) }</button>
                    <div class="rail-body" id="rail-body" hidden={folded}>
                        { self.lesson() }
                        { self.breakage() }
                        { self.workload() }
                    </div>
                </aside>
                <main class="middle" id="main">{ self.board(None) }</main>
                <SidePanel tab={self.look.tab} on_tab={self.turn(Turn::Tab)} why={why.clone()} details={details.clone()}
                    events={events.clone()} words={words.clone()} send={self.send.clone()} />
            </>
        }
    }

    fn one_pane(&self) -> Html {
        let Frame { why, events, words, .. } = &*self.frame;
        let send = &self.send;
        let slug = panes(true).into_iter().find(|tab| tab.value == self.look.pane).map_or("board", |tab| tab.slug);
        html! {
            <>
                { self.goal_chip() }
                <main class="pane" id="main">
                    <div class="pane-body" role="tabpanel" id={panel_id(slug)} aria-labelledby={tab_id(slug)}>{
                        match self.look.pane {
                            Pane::Board => html! { <>{ self.board(Some(self.frame.mode)) }{ self.sheet() }</> },
                            Pane::Lesson => self.lesson(),
                            Pane::Why => html! { <><h2 class="hidden-text">{ "Explanation" }</h2><WhyPanel why={why.clone()} send={send.clone()} /></> },
                            Pane::Events => html! { <><h2 class="hidden-text">{ "What happened" }</h2><EventsPanel events={events.clone()} send={send.clone()} /></> },
                            Pane::More => html! { <>{ self.breakage() }{ self.workload() }<WordsPanel words={words.clone()} /></> },
                        }
                    }</div>
                </main>
            </>
        }
    }

    /// The board, with the switch for the launch mode where the top bar has no room for it.
    fn board(&self, mode: Option<LaunchMode>) -> Html {
        let Frame { control_plane, zones, fargate, density, lens, totals, summary, selection, .. } = &*self.frame;
        html! {
            <Board control_plane={control_plane.clone()} zones={zones.clone()} fargate={fargate.clone()} density={*density} lens={*lens} {mode}
                totals={totals.clone()} summary={summary.clone()} selection={*selection} held={self.held} send={self.send.clone()} />
        }
    }

    /// The open unit, or the sentence that says what is on screen with the first thing to do.
    fn lesson(&self) -> Html {
        let scenario = &self.frame.scenario;
        match &self.frame.lesson {
            Some(lesson) => {
                html! { <LessonRail lesson={lesson.clone()} held={self.held} on_ghost={self.on_ghost()} send={self.send.clone()} /> }
            }
            None => html! {
                <section class="intro" aria-labelledby="intro-title">
                    <h2 id="intro-title">{ &*scenario.title }</h2>
                    <p class="lead">{ &*scenario.sentence }</p>
                    if let Some(first) = &scenario.first_action {
                        <ChoiceButton choice={first.clone()} send={self.send.clone()} class="primary wide" mark={Icon::Bolt} />
                        <p class="quiet">{ "You can undo everything." }</p>
                    }
                </section>
            },
        }
    }

    fn breakage(&self) -> Html {
        html! { <Breakage breakage={self.frame.breakage.clone()} send={self.send.clone()} /> }
    }

    fn workload(&self) -> Html {
        html! {
            <Workload workload={self.frame.workload.clone()} mode={self.frame.mode} send={self.send.clone()}
                on_import={self.turn(|()| Turn::Import(Some(String::new())))} />
        }
    }

    /// The bottom sheet of a narrow screen, over the board.
    fn sheet(&self) -> Html {
        let Some(details) = &self.frame.details else { return html! {} };
        html! {
            <section class="sheet" aria-label="Details">
                <button type="button" class="icon-button sheet-close" aria-label="Close details"
                    onclick={self.send.reform(|_: MouseEvent| Intent::Select(None))}>{ icon(Icon::Close) }</button>
                <DetailsPanel details={details.clone()} send={self.send.clone()} />
            </section>
        }
    }

    /// The goal that still needs work, or what is on screen.
    fn goal_chip(&self) -> Html {
        let open_goal = self.frame.lesson.iter().flat_map(|lesson| &lesson.goals).find(|goal| goal.state != GoalState::Met);
        html! {
            <section class="goal-chip" aria-label="Now">
                {
                    match (self.held, open_goal, &self.frame.lesson) {
                        (Some(number), _, _) => html! { <p>{ format!("Task {number} is in your hand: choose a server.") }</p> },
                        (None, Some(open), _) => html! { <ul>{ goal(open) }</ul> },
                        (None, None, Some(lesson)) => html! { <p>{ &*lesson.title }</p> },
                        (None, None, None) => html! {
                            <>
                                <p>{ &*self.frame.scenario.sentence }</p>
                                { for self.frame.scenario.first_action.iter().map(|first| html! {
                                    <ChoiceButton choice={first.clone()} send={self.send.clone()} class="primary wide" mark={Icon::Bolt} />
                                }) }
                            </>
                        },
                    }
                }
            </section>
        }
    }

    fn pane_tabs(&self) -> Html {
        html! {
            <nav class="pane-tabs" aria-label="Panes">
                <Tabs<Pane> class="panes" name="Panes" tabs={panes(self.frame.lesson.is_some())} chosen={self.look.pane}
                    on_choose={self.turn(Turn::Pane)} />
            </nav>
        }
    }

    fn on_ghost(&self) -> Callback<GhostMove> {
        let (turn, send) = (self.turn.clone(), self.send.clone());
        Callback::from(move |ghost_move| match ghost_move {
            GhostMove::Take(number) => turn.dispatch(Turn::Hold(Some(number))),
            GhostMove::LetGo => turn.dispatch(Turn::Hold(None)),
            GhostMove::PutOn(ghost, target) => {
                let instance = target.parse().ok().map(InstanceId);
                send.emit(Intent::Lesson(Answer::PlaceGhost { ghost, instance }));
            }
        })
    }

    fn turn<T: 'static>(&self, make: impl Fn(T) -> Turn + 'static) -> Callback<T> {
        let turn = self.turn.clone();
        Callback::from(move |value| turn.dispatch(make(value)))
    }
}
