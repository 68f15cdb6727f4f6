//! The page: draws a `Frame`, sends an `Intent`. It computes no rule of the cluster.
//!
//! Start reading at [`page`], which lays out everything else; [`app`] is the root that owns what the page plays on. A [`part`]
//! takes the `Rc` of its part of the frame and is drawn again only when that changed; what keeps a state of its own is a component.
//! Whatever else is drawn, a function draws. Styles are in `static/style/`; as the page's policy
//! refuses `style` attributes, lengths that come from data are SVG geometry.

pub mod app;
pub mod badge;
pub mod bar;
pub mod bar_strip;
pub mod board;
pub mod board_table;
pub mod bottom_panel;
pub mod breakage;
pub mod browser;
pub mod chart;
pub mod choice_button;
pub mod control_plane_band;
pub mod details_panel;
pub mod display;
pub mod display_menu;
pub mod events_panel;
pub mod fargate_lane;
pub mod fault_badges;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod form;
pub mod gesture;
pub mod ghost;
pub mod heartbeat;
pub mod icons;
pub mod import_dialog;
pub mod keys;
pub mod keys_dialog;
pub mod later;
pub mod layout;
pub mod legend;
pub mod lesson_card;
pub mod lesson_rail;
pub mod life_rail;
pub mod lockable;
pub mod modal;
pub mod neighbours;
pub mod notice;
pub mod now;
pub mod page;
pub mod part;
pub mod picker;
pub mod placement_form;
pub mod ribbon;
pub mod segmented;
pub mod select;
pub mod server_card;
pub mod server_extras;
pub mod server_map;
pub mod server_tile;
pub mod service_row;
pub mod shelf;
pub mod side_panel;
pub mod stepper;
pub mod tabs;
pub mod timeline;
pub mod top_bar;
pub mod why_panel;
pub mod why_table;
pub mod words_here;
pub mod words_panel;
pub mod workload;
pub mod zone_column;
