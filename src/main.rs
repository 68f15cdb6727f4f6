//! Mounts the app on the page.

use yew::prelude::*;

#[component]
fn App() -> Html {
    html! {
        <main class="welcome"><h1>{ "ECS Playground" }</h1></main>
    }
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        let root = gloo::utils::document()
            .get_element_by_id("app")
            .expect("the page has an element for the app");
        yew::Renderer::<App>::with_root(root).render();
    }
}
