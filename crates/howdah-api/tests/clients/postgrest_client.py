"""The Python client (PyPI: postgrest) against a live server over the railway of tests/conformance.

HOWDAH_URL is the server, HOWDAH_TOKEN a token for ada. Tests that write leave things as they were.
"""

import asyncio
import os
import unittest

from postgrest import APIError, AsyncPostgrestClient, CountMethod, ReturnMethod, SyncPostgrestClient

BASE = os.environ["HOWDAH_URL"] + "/rest/v1"


def client(**options):
    return SyncPostgrestClient(BASE, schema="rail", **options)


class Reading(unittest.TestCase):
    def setUp(self):
        self.api = client()
        self.addCleanup(self.api.aclose)

    def ids(self, query):
        return [row["id"] for row in query.order("id").execute().data]

    def test_select(self):
        answer = self.api.from_("operators").select("id", "title:name").eq("id", 1).execute()
        self.assertEqual(answer.data, [{"id": 1, "title": "Fell Rail"}])

    def test_filters(self):
        def stations():
            return self.api.from_("stations").select("id")

        self.assertEqual(self.ids(stations().eq("code", "HAV")), [1])
        self.assertEqual(self.ids(stations().neq("id", 1).lt("id", 4)), [2, 3])
        self.assertEqual(self.ids(stations().gt("platforms", 2).lte("platforms", 6)), [1, 5])
        self.assertEqual(self.ids(stations().gte("id", 4)), [4, 5])
        self.assertEqual(self.ids(stations().like("name", "%gate")), [2])
        self.assertEqual(self.ids(stations().ilike("name", "old*")), [5])
        self.assertEqual(self.ids(stations().like_any_of("name", "Moss%,Pine%")), [2, 3])
        self.assertEqual(self.ids(stations().in_("id", [1, 3])), [1, 3])
        self.assertEqual(self.ids(stations().is_("region_id", "null")), [5])
        self.assertEqual(self.ids(stations().not_.in_("id", [1, 2, 3])), [4, 5])
        self.assertEqual(self.ids(stations().contains("facilities", ["toilets"])), [1, 4])
        self.assertEqual(self.ids(stations().contained_by("facilities", ["cafe", "shelter"])), [2, 3, 5])
        self.assertEqual(self.ids(stations().overlaps("facilities", ["cafe", "lifts"])), [1, 5])
        self.assertEqual(self.ids(stations().contains("details", {"zone": 2})), [2])
        self.assertEqual(self.ids(stations().match({"region_id": 3, "platforms": 1})), [3])
        self.assertEqual(self.ids(stations().or_("id.eq.1,and(platforms.eq.2,staffed.is.false)")), [1, 2])
        self.assertEqual(self.ids(self.api.from_("remarks").select("id").in_("body", ["a,b", "(round)", "plain"])), [1, 2, 6])

    def test_ranges_and_full_text(self):
        def works():
            return self.api.from_("works").select("id")

        self.assertEqual(self.ids(works().filter("chainage", "ov", "[15,25)")), [1, 2])
        self.assertEqual(self.ids(works().range_lt("chainage", [30, 40])), [1])
        self.assertEqual(self.ids(works().range_adjacent("chainage", [34, 50])), [2, 3])
        self.assertEqual(self.ids(works().wfts("search", "bridge -river")), [2])
        self.assertEqual(self.ids(works().plfts("search", "old river")), [1])

    def test_embedded_resources(self):
        answer = self.api.from_("regions").select("name", "stations!inner(code)").eq("stations.code", "MOS").execute()
        self.assertEqual(answer.data, [{"name": "Uplands", "stations": [{"code": "MOS"}]}])
        query = self.api.from_("stations").select("code", "tickets(id)").eq("id", 1)
        query = query.order("id", desc=True, foreign_table="tickets").limit(1, foreign_table="tickets")
        self.assertEqual(query.execute().data, [{"code": "HAV", "tickets": [{"id": 3}]}])

    def test_order_limit_range(self):
        def stations():
            return self.api.from_("stations").select("id")

        ordered = stations().order("region_id", desc=True, nullsfirst=False).order("id").execute().data
        self.assertEqual([row["id"] for row in ordered], [4, 2, 3, 1, 5])
        self.assertEqual(stations().order("id").limit(1).offset(2).execute().data, [{"id": 3}])
        self.assertEqual(stations().order("id").range(1, 2).execute().data, [{"id": 2}, {"id": 3}])

    def test_counts(self):
        answer = self.api.from_("stations").select("id", count=CountMethod.exact).limit(2).execute()
        self.assertEqual((answer.count, len(answer.data)), (5, 2))
        head = self.api.from_("stations").select("id", count=CountMethod.exact, head=True).execute()
        self.assertEqual((head.count, head.data), (5, []))

    def test_single_and_csv(self):
        def operators():
            return self.api.from_("operators").select("name")

        self.assertEqual(operators().eq("id", 1).single().execute().data, {"name": "Fell Rail"})
        self.assertEqual(operators().eq("id", 1).maybe_single().execute().data, {"name": "Fell Rail"})
        self.assertIsNone(operators().eq("id", 99).maybe_single().execute())
        with self.assertRaises(APIError) as raised:
            operators().eq("id", 99).single().execute()
        self.assertEqual(raised.exception.code, "PGRST116")
        csv = self.api.from_("operators").select("id", "name").lt("id", 3).order("id").csv().execute()
        self.assertEqual(csv.data, 'id,name\n1,"Fell Rail"\n2,"Coastal Lines"')

    def test_explain(self):
        plan = self.api.from_("stations").select("id").explain(format="text").execute()
        self.assertIn("cost=", str(plan.data if hasattr(plan, "data") else plan))


class Writing(unittest.TestCase):
    def setUp(self):
        self.api = client()
        self.addCleanup(self.api.aclose)

    def test_insert_update_upsert_delete(self):
        def parts():
            return self.api.from_("parts")

        one = parts().insert({"sku": "P1", "name": "one"}).execute()
        self.assertEqual(one.data, [{"sku": "P1", "barcode": None, "name": "one", "quantity": 1}])
        many = parts().insert([{"sku": "P2"}, {"sku": "P3"}], count=CountMethod.exact).execute()
        self.assertEqual((many.count, len(many.data)), (2, 2))
        quiet = parts().insert({"sku": "P4"}, returning=ReturnMethod.minimal).execute()
        self.assertEqual(quiet.data, [])
        merged = parts().upsert([{"sku": "P1", "name": "uno"}, {"sku": "P5", "name": "five"}]).execute()
        self.assertEqual([row["name"] for row in merged.data], ["uno", "five"])
        ignored = parts().upsert({"sku": "P1", "name": "eins"}, ignore_duplicates=True).execute()
        self.assertEqual(ignored.data, [])
        by_barcode = parts().upsert({"sku": "BOLT", "barcode": "111", "quantity": 40}, on_conflict="barcode").execute()
        self.assertEqual(by_barcode.data[0]["name"], "Bolt")
        updated = parts().update({"name": "x"}).in_("sku", ["P2", "P3"]).execute()
        self.assertEqual([row["name"] for row in updated.data], ["x", "x"])
        gone = parts().delete(count=CountMethod.exact).like("sku", "P%").execute()
        self.assertEqual((gone.count, sorted(row["sku"] for row in gone.data)), (5, ["P1", "P2", "P3", "P4", "P5"]))

    def test_errors(self):
        with self.assertRaises(APIError) as raised:
            self.api.from_("labels").insert({"name": "heavy"}).execute()
        error = raised.exception
        self.assertEqual((error.code, error.details), ("23505", "Key (name)=(heavy) already exists."))
        with self.assertRaises(APIError) as raised:
            self.api.from_("trains").select("*").execute()
        self.assertEqual(raised.exception.code, "PGRST205")


class Functions(unittest.TestCase):
    def setUp(self):
        self.api = client()
        self.addCleanup(self.api.aclose)

    def test_calls(self):
        self.assertEqual(self.api.rpc("add", {"a": 1, "b": 2}).execute().data, 3)
        self.assertEqual(self.api.rpc("add", {"a": 1, "b": 2}, get=True).execute().data, 3)
        answer = self.api.rpc("lines_of", {"operator": "Coastal Lines"}, count=CountMethod.exact).execute()
        self.assertEqual((answer.count, sorted(row["name"] for row in answer.data)), (2, ["Harbour", "Shore"]))
        with self.assertRaises(APIError) as raised:
            self.api.rpc("fail", {}).execute()
        error = raised.exception
        self.assertEqual((error.code, error.message, error.details, error.hint), ("P0001", "No train today", "Leaves on the line", "Walk"))


class Callers(unittest.TestCase):
    def test_schema(self):
        with client() as api:
            answer = api.schema("archive").from_("lines").select("name").order("id").execute()
            self.assertEqual(answer.data, [{"name": "Quarry"}, {"name": "Peat"}])

    def test_token(self):
        with client() as api:
            api.auth(os.environ["HOWDAH_TOKEN"])
            answer = api.from_("bookings").select("seat").order("id").execute()
            self.assertEqual(answer.data, [{"seat": "1A"}, {"seat": "2A"}])

    def test_asynchronous(self):
        async def read():
            async with AsyncPostgrestClient(BASE, schema="rail") as api:
                requests = [api.from_("stations").select("id").eq("id", n).execute() for n in range(1, 6)]
                return [answer.data for answer in await asyncio.gather(*requests)]

        self.assertEqual(asyncio.run(read()), [[{"id": n}] for n in range(1, 6)])


if __name__ == "__main__":
    unittest.main()
