//! HTTP/1.1 messages, read whole and written back as they were.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The most that a head may take, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// A request or an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    /// The request line or the status line.
    pub(super) start_line: String,
    /// The headers in order, as they came.
    pub(super) headers: Vec<(String, String)>,
    /// The body, without its chunks' frames.
    pub(super) body: Vec<u8>,
    /// The connection ends with this message.
    pub(super) last: bool,
}

impl Message {
    /// An answer of our own.
    pub(super) fn answer(status: u16, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/xml".to_owned())];
        Self { start_line: format!("HTTP/1.1 {status} Refused"), headers, body: body.as_bytes().to_vec(), last: false }
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// An answer's status.
    pub(super) fn status(&self) -> u16 {
        self.start_line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
    }

    /// Writes it with a length in place of chunks.
    pub(super) async fn write(&self, to: &mut (impl AsyncWrite + Unpin), bodiless: bool) -> io::Result<()> {
        let mut out = format!("{}\r\n", self.start_line);
        let framing = ["transfer-encoding", "content-length", "expect"];
        for (key, value) in &self.headers {
            if !framing.iter().any(|name| key.eq_ignore_ascii_case(name)) {
                out.push_str(&format!("{key}: {value}\r\n"));
            }
        }
        // The answer to HEAD tells the length of a body that isn't there.
        match self.header("content-length") {
            Some(length) if bodiless => out.push_str(&format!("content-length: {length}\r\n\r\n")),
            _ => out.push_str(&format!("content-length: {}\r\n\r\n", self.body.len())),
        }
        let mut bytes = out.into_bytes();
        bytes.extend_from_slice(&self.body);
        to.write_all(&bytes).await?;
        to.flush().await
    }
}

/// A head and its length, or nothing yet.
type Parsed = Result<Option<(Message, usize)>, httparse::Error>;

/// A connection with what was read of it ahead of time.
pub(super) struct Reader<R> {
    from: R,
    ahead: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, ahead: Vec::new() }
    }

    /// The next request; nothing when the other side has closed between requests.
    pub(super) async fn request(&mut self) -> io::Result<Option<Message>> {
        let Some(mut message) = self.head(parse_request).await? else { return Ok(None) };
        self.body(&mut message, false).await?;
        Ok(Some(message))
    }

    /// The next answer. One to `HEAD` has no body whatever its headers say.
    pub(super) async fn response(&mut self, to_head: bool) -> io::Result<Message> {
        loop {
            let message = self.head(parse_response).await?;
            let mut message = message.ok_or(io::ErrorKind::UnexpectedEof)?;
            let status = message.status();
            if (100..200).contains(&status) {
                continue;
            }
            if !to_head && status != 204 && status != 304 {
                self.body(&mut message, true).await?;
            }
            return Ok(message);
        }
    }

    async fn head(&mut self, parse: fn(&[u8]) -> Parsed) -> io::Result<Option<Message>> {
        loop {
            let parsed = parse(&self.ahead).map_err(|error| invalid(&error.to_string()))?;
            if let Some((mut message, length)) = parsed {
                self.ahead.drain(..length);
                let old = message.start_line.contains("HTTP/1.0");
                message.last = message.header("connection").map_or(old, |value| value.eq_ignore_ascii_case("close"));
                return Ok(Some(message));
            }
            if self.ahead.len() > HEAD_LIMIT {
                return Err(invalid("the head is too long"));
            }
            if !self.fill().await? {
                return if self.ahead.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    async fn body(&mut self, message: &mut Message, until_close: bool) -> io::Result<()> {
        let chunked =
            message.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        if chunked {
            return self.chunks(message).await;
        }
        if let Some(length) = message.header("content-length") {
            let length = length.trim().parse().map_err(|_| invalid("content-length is not a number"))?;
            message.body = self.exactly(length).await?;
        } else if until_close {
            while self.fill().await? {}
            message.body = std::mem::take(&mut self.ahead);
            message.last = true;
        }
        Ok(())
    }

    async fn chunks(&mut self, message: &mut Message) -> io::Result<()> {
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a chunk's size is not a number"))?;
            if size == 0 {
                // Trailers end with an empty line; nothing we speak to sends any that matter.
                while !self.line().await?.is_empty() {}
                return Ok(());
            }
            message.body.extend(self.exactly(size).await?);
            self.line().await?;
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..end + 2).collect();
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            self.need().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.ahead.len() < length {
            self.need().await?;
        }
        Ok(self.ahead.drain(..length).collect())
    }

    async fn need(&mut self) -> io::Result<()> {
        if self.fill().await? { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Reads some more; false at the end.
    async fn fill(&mut self) -> io::Result<bool> {
        self.ahead.reserve(16 * 1024);
        Ok(self.from.read_buf(&mut self.ahead).await? > 0)
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn parse_request(bytes: &[u8]) -> Parsed {
    let mut slots = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Request::new(&mut slots);
    let httparse::Status::Complete(length) = parsed.parse(bytes)? else { return Ok(None) };
    let version = parsed.version.unwrap_or(1);
    let start_line = format!("{} {} HTTP/1.{version}", parsed.method.unwrap_or("GET"), parsed.path.unwrap_or("/"));
    Ok(Some((Message { start_line, headers: owned(parsed.headers), ..Message::default() }, length)))
}

fn parse_response(bytes: &[u8]) -> Parsed {
    let mut slots = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Response::new(&mut slots);
    let httparse::Status::Complete(length) = parsed.parse(bytes)? else { return Ok(None) };
    let version = parsed.version.unwrap_or(1);
    let start_line = format!("HTTP/1.{version} {} {}", parsed.code.unwrap_or(0), parsed.reason.unwrap_or(""));
    Ok(Some((Message { start_line, headers: owned(parsed.headers), ..Message::default() }, length)))
}

fn owned(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    headers.iter().map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned())).collect()
}
