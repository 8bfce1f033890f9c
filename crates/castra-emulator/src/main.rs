//! `castra-emulator`: a loopback cloud for any client in any language.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that says where it listens and what is wrong"
)]

mod arguments;

use std::io;
use std::process::ExitCode;

use arguments::{Arguments, Cloud, Server};
use castra_emulator::Emulator;
use clap::Parser as _;

fn main() -> ExitCode {
    let ended = match Arguments::parse().cloud {
        Cloud::Aws(server) | Cloud::Gcp(server) => serve(&server),
        Cloud::Proxy(proxy) => pass_on(&proxy),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("castra-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(server: &Server) -> io::Result<()> {
    let emulator = Emulator::start(server.options())?;
    println!("{}", emulator.endpoint());
    if server.leash {
        io::copy(&mut io::stdin(), &mut io::sink())?;
    } else {
        emulator.wait();
    }
    Ok(())
}

fn pass_on(arguments: &arguments::Proxy) -> io::Result<()> {
    let proxy = castra_emulator::Proxy::start(&arguments.to, arguments.port)?;
    println!("{}", proxy.endpoint());
    proxy.wait();
    Ok(())
}
