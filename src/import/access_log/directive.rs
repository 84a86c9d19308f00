//! Formats as servers are told them: Apache's `LogFormat`, nginx's `log_format`, `#Fields` of W3C.
//!
//! One idea: what an administrator has in a file of settings is what is pasted here, whole or only
//! the text in quotes. What is not needed is passed over by the text around it, so every variable
//! may stand in a format, known here or not.

use super::format::{Field, Format, Piece};

/// The format of a directive.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn directive(text: &str) -> Result<Format, String> {
    let text = text.trim();
    let (name, inside) = match text.split_whitespace().next() {
        Some("LogFormat") => ("Apache, as given", apache_quotes(text)?),
        Some("log_format") => ("nginx, as given", nginx_quotes(text)?),
        Some("#Fields:") => return fields(text),
        _ if text.contains('%') && !text.contains('$') => ("Apache, as given", unescaped(text)),
        _ if text.contains('$') => ("nginx, as given", text.to_owned()),
        _ => {
            return Err("it has neither the `%h` of Apache nor the `$remote_addr` of nginx".into());
        }
    };
    match name.starts_with('A') {
        true => assembled(name, apache(&inside)?),
        false => Ok(Format {
            at_end: true,
            ..assembled(name, nginx(&inside))?
        }),
    }
}

/// A part of a format.
enum Token {
    Field(Field),
    Text(String),
}

/// What stands in the first quotes of a `LogFormat`, its escapes undone.
fn apache_quotes(text: &str) -> Result<String, String> {
    let begin = text
        .find('"')
        .ok_or("its format does not stand in quotes")?
        + 1;
    let mut end = None;
    let mut escaped = false;
    for (at, c) in text[begin..].char_indices() {
        match (c, escaped) {
            ('"', false) => {
                end = Some(begin + at);
                break;
            }
            ('\\', false) => escaped = true,
            _ => escaped = false,
        }
    }
    let end = end.ok_or("its quotes do not close")?;
    Ok(unescaped(&text[begin..end]))
}

fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"")
        .replace("\\t", "\t")
        .replace("\\\\", "\\")
}

/// What stands in all quotes of a `log_format`, one after the other.
fn nginx_quotes(text: &str) -> Result<String, String> {
    let mut inside = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"']) {
        let quote = if rest[at..].starts_with('\'') {
            '\''
        } else {
            '"'
        };
        let behind = &rest[at + 1..];
        let end = behind.find(quote).ok_or("its quotes do not close")?;
        inside.push_str(&behind[..end]);
        rest = &behind[end + 1..];
    }
    match inside.is_empty() {
        true => Err("its format does not stand in quotes".into()),
        false => Ok(inside),
    }
}

/// `%h`, `%>s`, `%{Referer}i`, `%{ms}T`.
fn apache(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        if at > 0 {
            tokens.push(Token::Text(rest[..at].to_owned()));
        }
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            tokens.push(Token::Text("%".to_owned()));
            rest = behind;
            continue;
        }
        // Which request of a redirect is meant, and for which statuses: `%>s`, `%!200,304s`.
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "<>!,".contains(c));
        let mut argument = "";
        if let Some(inside) = rest.strip_prefix('{') {
            let end = inside.find('}').ok_or("a `%{` of it does not close")?;
            (argument, rest) = (&inside[..end], &inside[end + 1..]);
        }
        rest = rest
            .strip_prefix('^')
            .map_or(rest, |behind| &behind[behind.len().min(1)..]);
        let letter = rest.chars().next().ok_or("it ends with a `%`")?;
        rest = &rest[letter.len_utf8()..];
        match apache_field(letter, argument)? {
            // Apache puts brackets around it, and what stands before may hold spaces.
            Field::ClfTime if argument.is_empty() => {
                tokens.push(Token::Text("[".to_owned()));
                tokens.push(Token::Field(Field::ClfTime));
                tokens.push(Token::Text("]".to_owned()));
            }
            field => tokens.push(Token::Field(field)),
        }
    }
    if !rest.is_empty() {
        tokens.push(Token::Text(rest.to_owned()));
    }
    Ok(tokens)
}

fn apache_field(letter: char, argument: &str) -> Result<Field, String> {
    Ok(match (letter, argument) {
        ('h' | 'a', _) => Field::Who,
        ('i', name) if is_about_who(name) => Field::Who,
        ('t', "") => Field::ClfTime,
        ('t', format) => apache_time(format)?,
        ('r', _) => Field::Request,
        ('m', _) => Field::Method,
        ('U', _) => Field::Path,
        ('s', _) => Field::Status,
        ('D', _) | ('T', "us") => Field::Took(1_000),
        ('T', "ms") => Field::Took(1_000_000),
        ('T', _) => Field::Took(1_000_000_000),
        _ => Field::Other,
    })
}

fn apache_time(format: &str) -> Result<Field, String> {
    let format = format.strip_prefix("begin:").unwrap_or(format);
    match format.strip_prefix("end:").unwrap_or(format) {
        "sec" => Ok(Field::Since1970(1_000_000_000)),
        "msec" => Ok(Field::Since1970(1_000_000)),
        "usec" => Ok(Field::Since1970(1_000)),
        "msec_frac" | "usec_frac" => Ok(Field::Other),
        "%d/%b/%Y:%H:%M:%S %z" | "%d/%b/%Y:%T %z" => Ok(Field::ClfTime),
        f if ["%Y-%m-%d", "%F"].iter().any(|day| f.starts_with(day)) && f.len() > 8 => {
            Ok(Field::IsoTime)
        }
        other => Err(format!(
            "its time `%{{{other}}}t` is not known here; `%t`, `%{{sec}}t` and \
             `%{{%Y-%m-%dT%H:%M:%S%z}}t` are"
        )),
    }
}

/// Headers that tell users apart.
fn is_about_who(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    matches!(
        name.as_str(),
        "user-agent" | "x-forwarded-for" | "x-real-ip" | "true-client-ip"
    )
}

/// `$remote_addr`, `${status}`.
fn nginx(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        if at > 0 {
            tokens.push(Token::Text(rest[..at].to_owned()));
        }
        let behind = &rest[at + 1..];
        let inside = behind.strip_prefix('{');
        let named = inside.unwrap_or(behind);
        let end = named.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (name, behind) = named.split_at(end.unwrap_or(named.len()));
        rest = match inside {
            Some(_) => behind.strip_prefix('}').unwrap_or(behind),
            None => behind,
        };
        tokens.push(Token::Field(nginx_field(name)));
    }
    if !rest.is_empty() {
        tokens.push(Token::Text(rest.to_owned()));
    }
    tokens
}

fn nginx_field(name: &str) -> Field {
    match name {
        "remote_addr" | "realip_remote_addr" | "proxy_protocol_addr" => Field::Who,
        _ if name.strip_prefix("http_").is_some_and(is_about_who) => Field::Who,
        "time_local" => Field::ClfTime,
        "time_iso8601" => Field::IsoTime,
        "msec" => Field::Since1970(1_000_000_000),
        "request" => Field::Request,
        "request_method" => Field::Method,
        "uri" | "request_uri" | "document_uri" => Field::Path,
        "status" => Field::Status,
        "request_time" => Field::Took(1_000_000_000),
        "upstream_response_time" => Field::Upstream,
        _ => Field::Other,
    }
}

/// `#Fields: date time cs-method cs-uri-stem …`, between tabs if there are any.
pub(super) fn fields(line: &str) -> Result<Format, String> {
    let names = line.trim_start_matches("#Fields:").trim();
    let between = if names.contains('\t') { "\t" } else { " " };
    let mut tokens = Vec::new();
    for name in names.split_whitespace() {
        if !tokens.is_empty() {
            tokens.push(Token::Text(between.to_owned()));
        }
        tokens.push(Token::Field(match name.to_ascii_lowercase().as_str() {
            "date" => Field::Day,
            "time" => Field::TimeOfDay,
            "c-ip" | "cs(user-agent)" | "x-forwarded-for" => Field::Who,
            "cs-method" => Field::Method,
            "cs-uri-stem" | "cs-uri" => Field::Path,
            "sc-status" => Field::Status,
            "time-taken" => Field::TookW3c,
            _ => Field::Other,
        }));
    }
    assembled("W3C extended", tokens)
}

/// The fields with the text between them, if they say enough.
fn assembled(name: &str, tokens: Vec<Token>) -> Result<Format, String> {
    let mut format = Format {
        name: name.to_owned(),
        begin: Vec::new(),
        pieces: Vec::new(),
        least: 0,
        at_end: false,
    };
    let mut between = String::new();
    for token in tokens {
        let field = match token {
            Token::Text(text) => {
                between.push_str(&text);
                continue;
            }
            Token::Field(field) => field,
        };
        let text = std::mem::take(&mut between);
        match format.pieces.last_mut() {
            None => format.begin = text.clone().into_bytes(),
            Some(_) if text.is_empty() => {
                return Err("nothing stands between two of its fields".into());
            }
            Some(last) => last.then = text.clone().into_bytes(),
        }
        format.pieces.push(Piece {
            before: Vec::new(),
            field,
            then: Vec::new(),
            quoted: text.ends_with('"'),
        });
    }
    if let Some(last) = format.pieces.last_mut() {
        last.then = between.into_bytes();
    }
    for piece in &mut format.pieces {
        piece.quoted &= piece.then.starts_with(b"\"");
    }
    format.least = format.pieces.len();
    enough(&format)?;
    Ok(format)
}

/// Whether a format says what a model needs.
fn enough(format: &Format) -> Result<(), String> {
    let has = |fields: &[Field]| format.has(|field| fields.contains(&field));
    let is_time = |field| {
        matches!(
            field,
            Field::ClfTime | Field::IsoTime | Field::TimeOfDay | Field::Since1970(_)
        )
    };
    let missing = match () {
        () if !format.has(is_time) => "a time (`%t`, `$time_local`)",
        () if has(&[Field::TimeOfDay]) && !has(&[Field::Day]) => "the date beside the time",
        () if !has(&[Field::Request]) && !has(&[Field::Path]) => "the request (`%r`, `$request`)",
        () => return Ok(()),
    };
    Err(format!("it says nothing of {missing}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Vec<Field> {
        let format = directive(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        let fields = format.pieces.into_iter().map(|piece| piece.field);
        fields.filter(|field| *field != Field::Other).collect()
    }

    #[test]
    fn directives_are_taken_as_they_stand_in_settings() {
        use Field::{ClfTime, IsoTime, Request, Since1970, Status, Took, Upstream, Who};
        let combined = [Who, ClfTime, Request, Status, Who];
        for text in [
            r#"LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined"#,
            r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i""#,
            "log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '\n   \
             '$status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"';",
        ] {
            assert_eq!(known(text), combined, "{text}");
        }
        let timed =
            "$msec $remote_addr \"$request\" ${status} $request_time $upstream_response_time";
        let nginx = [
            Since1970(1_000_000_000),
            Who,
            Request,
            Status,
            Took(1_000_000_000),
            Upstream,
        ];
        assert_eq!(known(timed), nginx);
        let apache = "%a [%{%Y-%m-%dT%H:%M:%S%z}t] \\\"%r\\\" %!200,304>s %D %{ms}T %% %{x}^ti";
        let fields = [Who, IsoTime, Request, Status, Took(1_000), Took(1_000_000)];
        assert_eq!(known(apache), fields);
        let json =
            r#"log_format j escape=json '{"t":"$time_iso8601","r":"$request","s":$status}';"#;
        assert_eq!(known(json), [IsoTime, Request, Status]);
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        for (text, said) in [
            ("common", "neither"),
            ("%h %>s", "nothing of a time"),
            ("%t %h", "nothing of the request"),
            ("%h%D %t \"%r\"", "nothing stands between"),
            ("%{%c}t \"%r\"", "is not known here"),
            ("%t \"%r\" %{x", "does not close"),
            ("%t \"%r\" %", "ends with a `%`"),
            ("LogFormat %h", "stand in quotes"),
            ("log_format main '$a", "do not close"),
            ("#Fields: time cs-uri-stem", "the date"),
        ] {
            let why = directive(text).expect_err(text);
            assert!(why.contains(said), "{text}: {why}");
        }
    }
}
