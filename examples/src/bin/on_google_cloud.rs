//! Somebody's tool on Google Cloud. `on_aws` is the same but for the provider's section and one line.

use castra::Place;
use castra_examples::tool;

const PROVIDER: &str = r#"
[provider]
name = "gcp"
project = "my-project"
region = "europe-west3"
image = { project = "ubuntu-os-cloud", family = "ubuntu-2404-lts-amd64" }
"#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let place = Place::new("gcp", "europe-west3").project("my-project");
    tool::run(place, PROVIDER).await
}
