//! Reading and writing rows.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::server::{ADA, BEN, Server, kinds, personal};

#[tokio::test]
async fn every_kind_of_value_is_what_to_json_makes_of_it() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner
        .batch_execute(
            r#"insert into kinds (flag, small, big, amount, ratio, name, code, short, mood, day, clock, moment, local,
                                  span, data, plain, words, bytes, address, key, spread) values
               (true, 7, 9007199254740993, 12.5, 0.1, E'a "quote"\\ and\nline', 'ab', 'abc', 'glad', '2026-11-20',
                '13:03:39.5', '2026-11-20 13:03:39.25+02', '2026-11-20 13:03:39', '1 day 02:00', '{"a": [1, null]}',
                '{"b" :  1}', '{x,"y z",null}', '\xdeadbeef', '10.0.0.1', '00000000-0000-4000-8000-000000000000', '[1,5)'),
               (false, 0, -1, 'NaN', 'Infinity', '', '', '', 'sad', 'infinity', '24:00', '-infinity', '0044-03-15 BC',
                '0', '"text"', '[]', '{}', '', '::1', null, 'empty'),
               (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null)"#,
        )
        .await
        .unwrap();
    let expected = owner.query_one("select json_agg(k order by id)::text from kinds k", &[]).await.unwrap();
    let expected: Value = serde_json::from_str(expected.get(0)).unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    assert_eq!(server.rows("kinds?order=id", &token).await, expected);
    // Over the shared lane too.
    for (at, id) in ["1", "2", "3"].iter().enumerate() {
        assert_eq!(server.rows(&format!("kinds?id=eq.{id}"), &token).await[0], expected[at]);
    }
}

/// Each query over the same three rows.
async fn check_reads(cases: Vec<(String, Value)>) {
    let db = kinds().await;
    db.client_owner()
        .await
        .batch_execute(
            r#"insert into kinds (small, big, name, mood, data, words, day, flag) values
               (1, 10, 'Ada Lovelace', 'glad', '{"a": {"b": [5, 6]}, "n": 1}', '{x,y}', '2026-01-01', true),
               (2, 20, 'Grace Hopper', 'sad', '{"n": 20}', '{y}', '2026-02-01', false),
               (3, 30, 'Alan, "the" (T.)', 'glad', null, '{}', null, null)"#,
        )
        .await
        .unwrap();
    let server = Server::over(&db).await;
    for (path, expected) in cases {
        assert_eq!(server.rows(&path, &server.token(ADA)).await, expected, "{path}");
    }
}

#[tokio::test]
async fn filters_choose_rows() {
    let cases = [
        ("id=eq.2", vec![2]),
        ("id=neq.2", vec![1, 3]),
        ("small=gt.1&small=lt.3", vec![2]),
        ("small=gte.2", vec![2, 3]),
        ("small=lte.1", vec![1]),
        ("small=not.eq.1", vec![2, 3]),
        ("name=like.*Hop*", vec![2]),
        ("name=ilike.ada*", vec![1]),
        ("name=ilike(any).{ada*,grace*}", vec![1, 2]),
        ("name=like(all).{*a*,*e*}", vec![1, 2, 3]),
        ("name=match.^A", vec![1, 3]),
        ("name=imatch.^a", vec![1, 3]),
        ("id=in.(1,3)", vec![1, 3]),
        ("name=in.(\"Alan, \\\"the\\\" (T.)\")", vec![3]),
        ("mood=in.(sad)", vec![2]),
        ("id=in.()", vec![]),
        ("id=not.in.(1,3)", vec![2]),
        ("flag=is.true", vec![1]),
        ("flag=is.false", vec![2]),
        ("flag=is.unknown", vec![3]),
        ("day=is.null", vec![3]),
        ("day=is.not_null", vec![1, 2]),
        ("day=not.is.null", vec![1, 2]),
        ("day=isdistinct.2026-01-01", vec![2, 3]),
        ("words=cs.{y}", vec![1, 2]),
        ("words=cd.{x,y,z}", vec![1, 2, 3]),
        ("words=ov.{x}", vec![1]),
        ("words_vector=fts(simple).lovelace", vec![1]),
        ("words_vector=plfts(simple).grace hopper", vec![2]),
        ("name=wfts(english).hopper or lovelace", vec![1, 2]),
        ("name=phfts(simple).grace hopper", vec![2]),
        ("data->n=eq.20", vec![2]),
        ("data->a->b->>1=eq.6", vec![1]),
        ("data->>n=in.(1,20)", vec![1, 2]),
        ("or=(id.eq.1,and(small.eq.3,mood.eq.glad))", vec![1, 3]),
        ("or=(name.eq.\"Alan, \\\"the\\\" (T.)\",id.eq.2)", vec![2, 3]),
        ("not.or=(id.eq.1,id.eq.2)", vec![3]),
        ("and=(id.gt.1,or(mood.eq.sad,day.is.null))", vec![2, 3]),
    ];
    let cases = cases.into_iter().map(|(filter, ids)| {
        let expected = ids.iter().map(|id| json!({ "id": id })).collect();
        (format!("kinds?select=id&order=id&{filter}"), expected)
    });
    check_reads(cases.collect()).await;
}

#[tokio::test]
async fn selects_orders_and_pages() {
    let cases = [
        ("select=n:name,id&id=eq.2", json!([{"n": "Grace Hopper", "id": 2}])),
        ("select=small::text,data->a->b,data->>n&id=eq.1", json!([{"small": "1", "b": [5, 6], "n": "1"}])),
        ("select=words::text[]&id=eq.1", json!([{"words": ["x", "y"]}])),
        ("select=id,id&id=eq.1", json!([{"id": 1}])),
        ("select=id&order=small.desc", json!([{"id": 3}, {"id": 2}, {"id": 1}])),
        ("select=id&order=day.desc.nullslast,id", json!([{"id": 2}, {"id": 1}, {"id": 3}])),
        ("select=id&order=day.nullsfirst", json!([{"id": 3}, {"id": 1}, {"id": 2}])),
        ("select=id&order=data->n.desc.nullslast", json!([{"id": 2}, {"id": 1}, {"id": 3}])),
        ("select=id&order=id&limit=1&offset=1", json!([{"id": 2}])),
        ("select=id&order=id&limit=0", json!([])),
    ];
    let mut cases: Vec<_> = cases.into_iter().map(|(query, expected)| (format!("kinds?{query}"), expected)).collect();
    cases.push(("glad_kinds?select=id&order=id".to_owned(), json!([{"id": 1}, {"id": 3}])));
    check_reads(cases).await;
}

#[tokio::test]
async fn counts_and_ranges() {
    let db = kinds().await;
    db.client_owner().await.batch_execute("insert into kinds (small) select generate_series(1, 25)").await.unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let check = async |path: &str, headers: &[(&str, &str)], status: u16, range: &str| {
        let mut request = server.request(Method::GET, path, Some(&token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = server.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-range")),
            (status, Some(range)),
            "{path} {}",
            answer.text
        );
    };
    check("kinds", &[], 200, "0-24/*").await;
    check("kinds?id=eq.0", &[], 200, "*/*").await;
    check("kinds?limit=10", &[("prefer", "count=exact")], 206, "0-9/25").await;
    check("kinds?limit=10&offset=20", &[("prefer", "count=exact")], 206, "20-24/25").await;
    check("kinds", &[("prefer", "count=exact")], 200, "0-24/25").await;
    check("kinds?small=gt.20", &[("prefer", "count=exact")], 200, "0-4/5").await;
    check("kinds", &[("range", "5-9"), ("range-unit", "items")], 200, "5-9/*").await;
    let beyond = server.request(Method::GET, "kinds?offset=30", Some(&token)).header("prefer", "count=exact");
    let beyond = server.send(beyond).await;
    assert_eq!(beyond.status.as_u16(), 416);
    assert!(beyond.text.contains("only 25 rows"), "{}", beyond.text);

    let head =
        server.send(server.request(Method::HEAD, "kinds?limit=3", Some(&token)).header("prefer", "count=exact")).await;
    assert_eq!((head.status.as_u16(), head.header("content-range"), head.text.as_str()), (206, Some("0-2/25"), ""));

    let single = |path: &str| {
        server.request(Method::GET, path, Some(&token)).header("accept", "application/vnd.pgrst.object+json")
    };
    let one = server.send(single("kinds?small=eq.7&select=small")).await;
    assert_eq!((one.status.as_u16(), one.json()), (200, json!({"small": 7})));
    for path in ["kinds?small=eq.99", "kinds?small=lt.3"] {
        let answer = server.send(single(path)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (406, Some("PGRST116")), "{path}");
    }
}

#[tokio::test]
async fn rows_are_written_and_come_back() {
    let db = personal().await;
    let server = Server::over(&db).await;
    let ada = server.token(ADA);

    let one = json!({ "user_id": ADA, "title": "Sign the lease" });
    let made = server.write(Method::POST, "tasks", &ada, "return=representation", &one).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(
        (made.json()[0]["title"].as_str(), made.json()[0]["status"].as_str()),
        (Some("Sign the lease"), Some("pending"))
    );
    let id = made.json()[0]["id"].as_str().unwrap().to_owned();

    let many = json!([
        { "user_id": ADA, "title": "Pack books", "priority": "low" },
        { "user_id": ADA, "title": "Call movers", "priority": "high" },
    ]);
    let made = server.write(Method::POST, "tasks?select=title,priority", &ada, "return=representation", &many).await;
    assert_eq!(
        made.json(),
        json!([{"title": "Pack books", "priority": "low"}, {"title": "Call movers", "priority": "high"}])
    );

    let quiet = server.write(Method::POST, "tasks", &ada, "", &json!({ "user_id": ADA, "title": "Quietly" })).await;
    assert_eq!((quiet.status, quiet.text.as_str()), (StatusCode::CREATED, ""));

    let located = server
        .write(Method::POST, "tasks", &ada, "return=headers-only", &json!({ "user_id": ADA, "title": "Located" }))
        .await;
    let location = located.header("location").unwrap();
    let found = server.rows(location.strip_prefix("/rest/v1/").unwrap(), &ada).await;
    assert_eq!(found[0]["title"], "Located");

    let path = format!("tasks?id=eq.{id}");
    let changed =
        server.write(Method::PATCH, &path, &ada, "return=representation", &json!({ "priority": "urgent" })).await;
    assert_eq!((changed.status, changed.json()[0]["priority"].as_str()), (StatusCode::OK, Some("urgent")));
    assert_eq!(changed.json()[0]["row_version"], 2);
    assert_eq!(changed.header("content-range"), Some("0-0/*"));
    let changed = server.write(Method::PATCH, &path, &ada, "count=exact", &json!({ "priority": "low" })).await;
    assert_eq!((changed.status, changed.header("content-range")), (StatusCode::NO_CONTENT, Some("0-0/1")));
    let unchanged = server.write(Method::PATCH, &path, &ada, "return=representation", &json!({})).await;
    assert_eq!((unchanged.status, unchanged.json()), (StatusCode::OK, json!([])));

    let none = server.write(Method::POST, "tasks", &ada, "return=representation", &json!([])).await;
    assert_eq!((none.status, none.json()), (StatusCode::CREATED, json!([])));

    let gone = server.write(Method::DELETE, &path, &ada, "return=representation", &Value::Null).await;
    assert_eq!((gone.status, gone.json()[0]["id"].as_str()), (StatusCode::OK, Some(id.as_str())));
    assert_eq!(server.rows(&path, &ada).await, json!([]));
    let gone = server.write(Method::DELETE, &path, &ada, "", &Value::Null).await;
    assert_eq!((gone.status, gone.header("content-range")), (StatusCode::NO_CONTENT, Some("*/*")));
}

#[tokio::test]
async fn a_write_of_one_object_undoes_itself_when_there_are_more() {
    let db = kinds().await;
    db.client_owner().await.batch_execute("insert into kinds (small) values (1), (1), (2)").await.unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let single = |method: Method, path: &str, body: &Value| {
        server
            .request(method, path, Some(&token))
            .header("accept", "application/vnd.pgrst.object+json")
            .header("prefer", "return=representation")
            .json(body)
    };
    let many = server.send(single(Method::PATCH, "kinds?small=eq.1", &json!({ "name": "changed" }))).await;
    assert_eq!((many.status.as_u16(), many.json()["details"].as_str()), (406, Some("The result contains 2 rows")));
    let many = server.send(single(Method::DELETE, "kinds?small=eq.1", &Value::Null)).await;
    assert_eq!(many.status.as_u16(), 406);
    assert_eq!(
        server.rows("kinds?select=small,name&order=id", &token).await,
        json!([
            {"small": 1, "name": null}, {"small": 1, "name": null}, {"small": 2, "name": null}
        ])
    );
    let one = server
        .send(single(Method::PATCH, "kinds?small=eq.2&select=small,small,name", &json!({ "name": "changed" })))
        .await;
    assert_eq!((one.status.as_u16(), one.json()), (200, json!({"small": 2, "name": "changed"})));
    let none = server.send(single(Method::PATCH, "kinds?small=eq.9", &json!({ "name": "x" }))).await;
    assert_eq!(none.status.as_u16(), 406);
}

#[tokio::test]
async fn defaults_and_bulk() {
    let db = kinds().await;
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let made = server.write(Method::POST, "kinds?select=id", &token, "return=representation", &json!([{}, {}])).await;
    assert_eq!(made.json(), json!([{"id": 1}, {"id": 2}]), "{}", made.text);
    let rows: Vec<_> =
        (0..500).map(|n| json!({ "small": n, "words": ["a", null], "data": {"n": n}, "name": "x" })).collect();
    let made = server.write(Method::POST, "kinds?select=id", &token, "return=representation", &json!(rows)).await;
    assert_eq!(made.json().as_array().unwrap().len(), 500);
    assert_eq!(
        server.rows("kinds?small=eq.499&select=words,data->n", &token).await,
        json!([{"words": ["a", null], "n": 499}])
    );
}

#[tokio::test]
async fn who_may_see_what() {
    let db = personal().await;
    let server = Server::over(&db).await;
    let (ada, ben) = (server.token(ADA), server.token(BEN));
    let note = json!({ "user_id": ADA, "title": "Private", "content": "only mine" });
    let made = server.write(Method::POST, "notes", &ada, "return=representation", &note).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(server.rows("notes?select=title", &ada).await, json!([{"title": "Private"}]));
    assert_eq!(server.rows("notes?select=title", &ben).await, json!([]));
    let forged = server.write(Method::POST, "notes", &ben, "", &note).await;
    assert_eq!((forged.status, forged.json()["code"].as_str()), (StatusCode::FORBIDDEN, Some("42501")));
    let anonymous = server.get("notes", None).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{}", anonymous.text);
    assert_eq!(anonymous.header("www-authenticate"), Some("Bearer"));
    // The token may also come as Supabase's clients send it.
    let keyed = server.send(server.request(Method::GET, "notes", None).header("apikey", &ada)).await;
    assert_eq!(keyed.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn policies_and_functions_see_the_request() {
    let db = kinds().await;
    db.client_owner()
        .await
        .batch_execute(
            "create view request with (security_invoker = true) as
             select current_setting('role') as role, current_setting('request.jwt.claims')::json ->> 'sub' as sub,
                    current_setting('request.method') as method, current_setting('request.path') as path,
                    current_setting('request.headers')::json ->> 'x-color' as color,
                    current_setting('request.headers')::json ->> 'authorization' as secret,
                    current_setting('request.cookies')::json ->> 'taste' as taste,
                    current_setting('request.ip') as ip, current_setting('request.id') as id,
                    current_setting('transaction_read_only') as read_only, current_setting('howdah.trash') as trash;
             grant select on request to authenticated;",
        )
        .await
        .unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let request = |headers: &[(&'static str, &'static str)]| {
        let request = server.request(Method::GET, "request", Some(&token)).header("x-request-id", "seven");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    // With and without what is only sometimes sent: nothing of one request is left for the next.
    for _ in 0..8 {
        for (headers, color, taste) in [
            (vec![], Value::Null, Value::Null),
            (vec![("x-color", "red"), ("cookie", "a=b; taste=sweet")], json!("red"), json!("sweet")),
        ] {
            let seen = server.send(request(&headers)).await.json();
            let expected = json!([{
                "role": "authenticated", "sub": ADA, "method": "GET", "path": "/rest/v1/request", "color": color,
                "secret": null, "taste": taste, "ip": "127.0.0.1", "id": "seven", "read_only": "on", "trash": "",
            }]);
            assert_eq!(seen, expected);
        }
    }
}
