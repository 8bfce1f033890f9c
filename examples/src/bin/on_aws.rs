//! Somebody's tool on AWS. `on_google_cloud` is the same but for the provider's section and one line.

use castra::Place;
use castra_examples::tool;

const PROVIDER: &str = r#"
[provider]
name = "aws"
region = "eu-central-1"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }
"#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let place = Place::new("aws", "eu-central-1");
    tool::run(place, PROVIDER).await
}
