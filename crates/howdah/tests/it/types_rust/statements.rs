//! Finds the SQL in generated code.

/// A piece of code that is read from its beginning.
struct Reader<'a> {
    rest: &'a str,
    columns: String,
}

/// All statements of a module, with all columns and arguments that can be left out.
pub(super) fn of(code: &str) -> Vec<String> {
    let mut reader = Reader { rest: code, columns: String::new() };
    let (mut insert, mut update): (Vec<[String; 2]>, Vec<[String; 2]>) = (Vec::new(), Vec::new());
    let mut statements = Vec::new();
    let mut waiting: Option<[String; 2]> = None;
    let mut arguments: Vec<[String; 2]> = Vec::new();
    for line in code.lines() {
        // Where a line is long, what is looked for stands on the next ones, so the reader goes on from each line's place.
        reader.rest = &code[line.as_ptr() as usize - code.as_ptr() as usize..];
        let line = line.trim_start();
        if line.starts_with("macro_rules! columns") {
            reader.after("() => {");
            reader.columns = reader.expression();
        } else if line.starts_with("query.write") || line.starts_with("statement.write") {
            reader.after("(");
            let name = reader.expression();
            reader.after(",");
            let pair = [name, reader.expression()];
            let is_insert = update.is_empty() && !code[..code.len() - reader.rest.len()].contains("\nimpl Update {");
            match line.starts_with("statement") {
                true => arguments.push(pair),
                false if is_insert => insert.push(pair),
                false => update.push(pair),
            }
        } else if let Some((name, _)) = line.strip_prefix("const ").and_then(|line| line.split_once(": &str =")) {
            reader.after(": &str =");
            let sql = reader.expression();
            match name {
                "SQL" | "FIRST" | "NEXT" | "UNCHANGED" => statements.push(sql),
                "FROM" => statements.push(format!("SELECT t.*{sql}")),
                "INTO" | "SET" | "BEFORE" => waiting = Some([name.to_owned(), sql]),
                "RETURNING" => {
                    let into = waiting.take().unwrap()[1].clone();
                    let columns: Vec<&str> = insert.iter().map(|pair| pair[0].as_str()).collect();
                    let values: Vec<String> =
                        insert.iter().enumerate().map(|(at, pair)| format!("${}{}", at + 1, pair[1])).collect();
                    statements.push(format!("{into} DEFAULT VALUES{sql}"));
                    if !columns.is_empty() {
                        statements.push(format!("{into} ({}) VALUES ({}){sql}", columns.join(", "), values.join(", ")));
                    }
                }
                "REST" => {
                    let set = waiting.take().unwrap()[1].clone();
                    // Keys and versions; a select list may hold a name with this sign.
                    let given = sql.split(" RETURNING ").next().unwrap().matches('$').count();
                    let values: Vec<String> = update
                        .iter()
                        .enumerate()
                        .map(|(at, [name, cast])| format!("{name} = ${}{cast}", given + at + 1))
                        .collect();
                    statements.push(format!("{set}{}{sql}", values.join(", ")));
                }
                "AFTER" => {
                    arguments.clear();
                    waiting.as_mut().unwrap()[0] = sql;
                }
                other => panic!("a constant {other}"),
            }
        } else if line.starts_with("let sql = statement.call(") || line.starts_with("let rows = statement.call(") {
            let [after, before] = waiting.take().unwrap();
            let given: Vec<String> =
                arguments.iter().enumerate().map(|(at, [name, cast])| format!("{name} => ${}{cast}", at + 1)).collect();
            let select = if before.starts_with(" FROM") { "SELECT t.*" } else { "" };
            statements.push(format!("{select}{before}{}{after}", given.join(", ")));
        }
    }
    statements
}

impl Reader<'_> {
    fn after(&mut self, text: &str) {
        self.rest = self.rest.split_once(text).unwrap().1;
    }

    /// A literal, the select list, or what `concat!` makes of them.
    fn expression(&mut self) -> String {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix("columns!()") {
            self.rest = rest;
            return self.columns.clone();
        }
        let Some(rest) = self.rest.strip_prefix("concat!(") else { return self.literal() };
        self.rest = rest;
        let mut all = String::new();
        loop {
            all += &self.expression();
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => return all,
            }
        }
    }

    fn literal(&mut self) -> String {
        let mut text = String::new();
        let mut chars = self.rest.strip_prefix('"').unwrap().chars();
        loop {
            match chars.next().unwrap() {
                '"' => break,
                '\\' => match chars.next().unwrap() {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'u' => {
                        let digits: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                        text.push(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap());
                    }
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        self.rest = chars.as_str();
        text
    }
}
