//! The whole page over one frame: lays out its parts on a wide or a narrow screen, and keeps what only the eye needs
//! (which tab is open, what is held, what is folded away).

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{BottomTab, BottomView, CardKind, Choice, Frame};
use crate::session::intent::{Intent, LaunchMode, Subject};
use crate::session::lesson::Answer;
use crate::sim::ids::InstanceId;
use crate::ui::board::Board;
use crate::ui::breakage::Breakage;
use crate::ui::browser::media::use_media;
use crate::ui::browser::{file_drop, focus, keyboard, scroll};
use crate::ui::choice_button::marked_button;
use crate::ui::display::{Display, SingleKeys, Theme, use_display};
use crate::ui::gesture::click;
use crate::ui::ghost::GhostMove;
use crate::ui::icons::{Icon, fillings, icon};
use crate::ui::keys::{self, KeyAction};
use crate::ui::later::{coming, later};
use crate::ui::layout::{Pane, PanelTab};
use crate::ui::lesson_rail::LessonRail;
use crate::ui::notice::notice;
use crate::ui::part::part;
use crate::ui::side_panel::{panel, side_panel};
use crate::ui::tabs::{panel_id, tab_id, tabs};
use crate::ui::timeline::Timeline;
use crate::ui::top_bar::TopBar;
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
            Turn::Follow(Intent::AskWhy(_) | Intent::WhyWaiting(_) | Intent::Ask(_) | Intent::ShowObservation(_)) => {
                (look.tab, look.pane) = (PanelTab::Why, Pane::Why)
            }
            Turn::Follow(Intent::OpenUnit(_)) => look.pane = Pane::Lesson,
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
    use_nearby_focus();
    use_front(frame, &look, &turn);
    use_stage(frame, &turn);
    let on = use_memo((send.clone(), turn.clone()), |(send, turn)| Callbacks::new(send, turn));
    let parts = Parts {
        frame: frame.clone(),
        look: (*look).clone(),
        held,
        theme: display.theme,
        send: send.clone(),
        turn,
        on: on.clone(),
    };
    html! {
        <div class={classes!("page", if narrow { "one-pane" } else { "three-panes" }, look.rail_folded.then_some("rail-folded"), held.is_some().then_some("holding"))}
            ondragover={|event: DragEvent| if file_drop::carries_files(&event) { event.prevent_default() }}
            ondrop={on_file_drop(&send, &on.text)}>
            { fillings() }
            <a class="skip" href="#main">{ "Skip to the board" }</a>
            { parts.top_bar(narrow, display, on_display) }
            { if narrow { parts.one_pane() } else { parts.three_panes() } }
            { part("timeline", Timeline { clock: frame.clock.clone(), bottom: (!narrow).then(|| parts.open_at_the_bottom()), send: send.clone() }) }
            { if narrow { parts.pane_tabs() } else { parts.bottom(false) } }
            <p class="hidden-text" role="status" aria-live="polite">{ &*frame.announcement }</p>
            { notice(frame.notice.as_deref(), &send) }
            if let Some(later) = later() {
                { (later.import_dialog)(look.import.as_ref(), frame.import_check.as_deref(), &on.text, &on.import_close, &send) }
                { (later.keys_dialog)(look.help, &on.help_close) }
            }
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
                send.emit(*intent);
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

/// The focus stays near when what had it goes away.
#[hook]
fn use_nearby_focus() {
    use_effect_with((), |()| {
        let listeners = focus::watch();
        move || drop(listeners)
    });
    use_effect(focus::rescue);
}

/// Brings an answer to the front that nobody clicked at, and lets what is new begin at its beginning.
#[hook]
fn use_front(frame: &Frame, look: &Look, turn: &UseReducerDispatcher<Look>) {
    let turn = turn.clone();
    let subject = frame.details.as_ref().map(|details| details.subject);
    let about = frame.why.as_ref().map(|why| why.about.clone());
    let before = use_mut_ref(|| (0, Pane::Board));
    use_effect_with((frame.why_brought_up, look.pane, look.tab, subject, about), move |(times, pane, ..)| {
        let (times_before, pane_before) = before.replace((*times, *pane));
        if *times > times_before {
            turn.dispatch(Turn::Tab(PanelTab::Why));
        }
        scroll::to_top(".panel, .sheet");
        if *pane != pane_before || *pane == Pane::Why {
            scroll::to_top(".pane");
        }
    });
}

/// Where one pane is in sight at a time, the board comes to the front when a unit runs something to be watched.
#[hook]
fn use_stage(frame: &Frame, turn: &UseReducerDispatcher<Look>) {
    let turn = turn.clone();
    let runs = frame.lesson.as_ref().is_some_and(|lesson| matches!(lesson.card.kind, CardKind::Running(_)));
    use_effect_with(runs, move |runs| {
        if *runs {
            turn.dispatch(Turn::Pane(Pane::Board));
        }
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

/// What parts tell the page. Made once: a part is drawn again when a callback of it is another one.
struct Callbacks {
    help: Callback<()>,
    help_close: Callback<()>,
    import: Callback<()>,
    import_close: Callback<()>,
    text: Callback<Option<String>>,
    ghost: Callback<GhostMove>,
}

impl Callbacks {
    fn new(send: &Callback<Intent>, turn: &UseReducerDispatcher<Look>) -> Self {
        Self {
            help: turning(turn, |()| Turn::Help(true)),
            help_close: turning(turn, |()| Turn::Help(false)),
            import: turning(turn, |()| Turn::Import(Some(String::new()))),
            import_close: turning(turn, |()| Turn::Import(None)),
            text: turning(turn, Turn::Import),
            ghost: on_ghost(send.clone(), turn.clone()),
        }
    }
}

fn turning<T: 'static>(turn: &UseReducerDispatcher<Look>, make: fn(T) -> Turn) -> Callback<T> {
    let turn = turn.clone();
    Callback::from(move |value| turn.dispatch(make(value)))
}

fn on_ghost(send: Callback<Intent>, turn: UseReducerDispatcher<Look>) -> Callback<GhostMove> {
    Callback::from(move |ghost_move| match ghost_move {
        GhostMove::Take(number) => turn.dispatch(Turn::Hold(Some(number))),
        GhostMove::LetGo => turn.dispatch(Turn::Hold(None)),
        GhostMove::PutOn(ghost, target) => {
            let instance = target.parse().ok().map(InstanceId);
            send.emit(Intent::Lesson(Answer::PlaceGhost { ghost, instance }));
        }
    })
}

/// The parts of the page, to be laid out.
struct Parts {
    frame: Rc<Frame>,
    look: Look,
    held: Option<u32>,
    theme: Theme,
    send: Callback<Intent>,
    turn: UseReducerDispatcher<Look>,
    on: Rc<Callbacks>,
}

impl Parts {
    fn top_bar(&self, narrow: bool, display: Display, on_display: Callback<Display>) -> Html {
        let Frame { scenario, lesson, mode, clock, .. } = &*self.frame;
        let bar = TopBar {
            scenario: scenario.clone(),
            unit: lesson.as_ref().map(|lesson| (lesson.part.clone(), lesson.title.clone())),
            mode: *mode,
            can_undo: clock.can_undo,
            can_redo: clock.can_redo,
            undo_label: clock.undo_label.clone(),
            locked: clock.locked,
            narrow,
            display,
            complete: later().is_some(),
            on_display,
            on_help: self.on.help.clone(),
            send: self.send.clone(),
        };
        part("top", bar)
    }

    fn three_panes(&self) -> Html {
        let folded = self.look.rail_folded;
        let words_for_fold = if folded { "Show the left panel" } else { "Hide the left panel" };
        html! {
            <>
                <aside class="rail" aria-label="Lesson and actions">
                    <button type="button" class="icon-button fold" aria-expanded={(!folded).to_string()} aria-controls="rail-body"
                        aria-label={words_for_fold} title={words_for_fold} onclick={turning(&self.turn, |_: MouseEvent| Turn::FoldRail)}>{ icon(if folded { Icon::Forward } else { Icon::Back }) }</button>
                    <div class="rail-body" id="rail-body" hidden={folded}>
                        { self.lesson() }
                        { self.breakage() }
                        { self.workload() }
                    </div>
                </aside>
                <main class="middle" id="main">{ self.board(None) }</main>
                { side_panel(&self.frame, self.look.tab, &turning(&self.turn, |at| Turn::Tab(PanelTab::ALL[at])), &self.send) }
            </>
        }
    }

    fn one_pane(&self) -> Html {
        let slug = self.look.pane.tab(true).slug;
        let panel = |tab| panel(&self.frame, tab, &self.send);
        html! {
            <>
                { self.goal_chip() }
                <main class="pane" id="main">
                    <div class="pane-body" role="tabpanel" id={panel_id(slug)} aria-labelledby={tab_id(slug)}>{
                        match self.look.pane {
                            Pane::Board => html! { <>{ self.board(Some(self.frame.mode)) }{ self.sheet() }</> },
                            Pane::Lesson => self.lesson(),
                            Pane::Why => html! { <><h2 class="hidden-text">{ "Explanation" }</h2>{ panel(PanelTab::Why) }</> },
                            Pane::Events => html! { <><h2 class="hidden-text">{ "What happened" }</h2>{ panel(PanelTab::Events) }</> },
                            Pane::Charts => self.bottom(true),
                            Pane::More => html! { <>{ for later().map(|later| (later.jumps)()) }{ self.breakage() }{ self.workload() }{ panel(PanelTab::Words) }</> },
                        }
                    }</div>
                </main>
            </>
        }
    }

    /// The board, with the switch for the launch mode where the top bar has no room for it.
    fn board(&self, mode: Option<LaunchMode>) -> Html {
        let Frame { control_plane, zones, neighbours, fargate, density, lens, totals, summary, selection, .. } = &*self.frame;
        html! {
            <Board control_plane={control_plane.clone()} zones={zones.clone()} neighbours={neighbours.clone()} fargate={fargate.clone()} density={*density} lens={*lens} theme={self.theme} {mode} locked={self.frame.clock.locked}
                totals={totals.clone()} summary={summary.clone()} selection={*selection} held={self.held} complete={later().is_some()} send={self.send.clone()} />
        }
    }

    /// The open unit, or the sentence that says what is on screen with the first thing to do.
    fn lesson(&self) -> Html {
        let scenario = &self.frame.scenario;
        match later().zip(self.frame.lesson.as_ref()) {
            Some((later, lesson)) => {
                let (lesson, on_ghost, send) = (lesson.clone(), self.on.ghost.clone(), self.send.clone());
                (later.lesson)(LessonRail { lesson, held: self.held, on_ghost, send })
            }
            None => html! {
                <section class="intro" aria-labelledby="intro-title">
                    <h2 id="intro-title" tabindex="-1" data-landing="">{ &*scenario.title }</h2>
                    <p class="lead">{ &*scenario.sentence }</p>
                    if let Some(first) = &scenario.first_action {
                        { self.first_action(first) }
                        <p class="quiet">{ "You can undo everything." }</p>
                    }
                </section>
            },
        }
    }

    fn first_action(&self, first: &Choice) -> Html {
        marked_button("primary wide", Icon::Bolt, first, &self.send)
    }

    fn breakage(&self) -> Html {
        html! { <Breakage breakage={self.frame.breakage.clone()} send={self.send.clone()} /> }
    }

    fn workload(&self) -> Html {
        html! {
            <Workload workload={self.frame.workload.clone()} mode={self.frame.mode} locked={self.frame.clock.locked} forms={self.frame.forms.clone()} send={self.send.clone()}
                on_import={self.on.import.clone()} />
        }
    }

    /// What is open under the timeline; on a narrow screen a pane.
    fn bottom(&self, whole_pane: bool) -> Html {
        match later().zip(self.frame.bottom.clone()) {
            Some((later, bottom)) => (later.bottom_panel)(bottom, whole_pane, &self.send),
            None if whole_pane => coming(),
            None => html! {},
        }
    }

    fn open_at_the_bottom(&self) -> Option<BottomTab> {
        self.frame.bottom.as_ref().map(|bottom| match bottom {
            BottomView::Charts(_) => BottomTab::Charts,
            BottomView::Commands(_) => BottomTab::Commands,
        })
    }

    /// The bottom sheet of a narrow screen, over the board.
    fn sheet(&self) -> Html {
        if self.frame.details.is_none() {
            return html! {};
        }
        html! {
            <section class="sheet" aria-label="Details">
                <button type="button" class="icon-button sheet-close" aria-label="Close details"
                    onclick={click(&self.send, Intent::Select(None))}>{ icon(Icon::Close) }</button>
                { panel(&self.frame, PanelTab::Details, &self.send) }
            </section>
        }
    }

    /// What is on screen and the first thing to do, until something has been done; then what is to be known of it all in this pane.
    fn goal_chip(&self) -> Html {
        let Frame { lesson, scenario, .. } = &*self.frame;
        match (&scenario.first_action, later()) {
            (Some(first), _) if lesson.is_none() => html! {
                // The pane that says how to begin says the same, at length.
                if self.look.pane != Pane::Lesson {
                    <section class="goal-chip" aria-label="Now" tabindex="-1" data-landing="">
                        <p>{ &*scenario.sentence }</p>
                        { self.first_action(first) }
                    </section>
                }
            },
            (_, Some(later)) => (later.now)(&self.frame, self.look.pane, self.held, &self.send, &turning(&self.turn, Turn::Pane)),
            (_, None) => html! {},
        }
    }

    fn pane_tabs(&self) -> Html {
        let all = Pane::ALL.map(|pane| pane.tab(self.frame.lesson.is_some()));
        let on_choose = {
            let (turn, send, open) = (self.turn.clone(), self.send.clone(), self.frame.bottom.is_some());
            Callback::from(move |at: usize| {
                let pane = Pane::ALL[at];
                turn.dispatch(Turn::Pane(pane));
                // Figures are followed only while they are looked at.
                if (pane == Pane::Charts) != open {
                    send.emit(Intent::ShowBottom((!open).then_some(BottomTab::Charts)));
                }
            })
        };
        html! {
            <nav class="pane-tabs" aria-label="Panes">{ tabs("panes", "Panes", &all, self.look.pane as usize, &on_choose) }</nav>
        }
    }
}
