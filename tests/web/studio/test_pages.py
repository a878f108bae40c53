from __future__ import annotations

from html import unescape

import pytest

from tests.fakes import FakeParts
from tests.web.client import Client, assert_problem
from tests.web.conftest import ADMIN_KEY

PAGES = ("/studio", "/studio/templates/ticket", "/studio/frames/ticket")


@pytest.mark.parametrize("path", [*PAGES, "/studio/static/studio.css"])
async def test_outside_development_the_studio_is_closed(client: Client, path: str) -> None:
    await assert_problem(await client.get(path), 401, "key_required")


@pytest.mark.parametrize("path", PAGES)
async def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(
    dev_client: Client, path: str
) -> None:
    response = await dev_client.get(path)
    policy = response.headers["Content-Security-Policy"]

    assert response.status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    text = await response.text()
    assert "<script>" not in text
    assert " style=" not in text
    assert " onclick=" not in text


async def test_the_gallery_shows_every_template(dev_client: Client) -> None:
    text = await (await dev_client.get("/studio")).text()

    for name in ("ticket", "sealed", "internal", "clock", "acme/ticket"):
        assert f'href="/studio/templates/{name}"' in text
        assert f'src="/i/{name}.png"' in text


async def test_a_broken_template_is_shown_with_what_is_wrong(
    dev_client: Client, parts: FakeParts
) -> None:
    (parts.folder / "ticket" / "template.toml").write_text("widht = 3")
    (parts.folder / "new").mkdir()
    (parts.folder / "new" / "template.toml").write_text("title = 7")
    parts.catalogue.load_all()

    text = await (await dev_client.get("/studio")).text()

    assert "did you mean width?" in text
    assert "new cannot be used as it is" in text
    assert "/studio/templates/ticket" in text


async def test_a_templates_page_has_its_address_and_its_fields(dev_client: Client) -> None:
    text = await (await dev_client.get("/studio/templates/acme/ticket?_lang=de")).text()

    assert "<code>first_name</code>" in text
    assert "/i/acme/ticket.png?_lang=de</code>" in text
    assert 'aria-current="true">de</a>' in text


async def test_a_templates_page_writes_the_tag_for_a_platform(dev_client: Client) -> None:
    page = "/studio/templates/sealed?platform=sendgrid"
    text = await (await dev_client.get(page)).text()
    none = await (await dev_client.get(f"{page}&open=")).text()

    assert (
        unescape(text).count('first_name={{insert first_name "default=friend"}}&amp;_end=1') == 1
    )
    assert "SendGrid: paste it into" in text
    assert "SendGrid has no way" in unescape(text)
    assert '<option value="sendgrid" selected>' in text
    assert "platform=sendgrid" in text.partition("<h2>Scale</h2>")[2].partition("</section>")[0]
    assert "_end=1" not in none
    assert "checked" in text
    assert "checked" not in none


@pytest.mark.parametrize("query", ["", "?platform=", "?platform=nope", "?platform=web&open=nope"])
async def test_a_page_without_a_platform_has_no_fields_to_choose(
    dev_client: Client, query: str
) -> None:
    text = await (await dev_client.get(f"/studio/templates/ticket{query}")).text()

    assert "data-open hidden" in text
    assert ("loading=&#34;lazy&#34;" in text) is ("web" in query)


async def test_a_tag_has_an_address_that_shows_its_values(client: Client) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    for name, part in (("ticket", "/i/ticket.png?"), ("sealed", "/p/"), ("internal", "")):
        page = f"/studio/templates/{name}?platform=klaviyo"
        text = await (await client.get(page, headers=headers)).text()

        assert ("_end=1" in text) is bool(part)
        assert part in text
        assert ("no mail can ask" in text) is not bool(part)


async def test_a_choice_that_the_template_does_not_have_is_left_out(dev_client: Client) -> None:
    response = await dev_client.get("/studio/templates/ticket?_size=nope&example=nope&_scale=9")

    assert response.status == 200
    assert "nope" not in await response.text()


async def test_an_unknown_template_is_404(dev_client: Client) -> None:
    await assert_problem(
        await dev_client.get("/studio/templates/tickte"), 404, "template_not_found"
    )


async def test_the_composed_page_is_what_is_photographed_with_its_files_beside_it(
    dev_client: Client, parts: FakeParts
) -> None:
    version = parts.catalogue.get("ticket").version
    folder = f"/studio/pages/ticket/{version}"
    response = await dev_client.get(f"{folder}/index.html?first_name=Ada")
    text = await response.text()

    assert "Hello Ada" in text
    assert 'data-size="default"' in text
    assert response.headers["Content-Security-Policy"].startswith("sandbox; ")
    await assert_problem(await dev_client.get(f"{folder}/template.toml"), 404, "not_found")
    await assert_problem(await dev_client.get(f"{folder}/..%2f..%2fsecret"), 404, "not_found")


async def test_a_frame_is_as_large_as_the_card(dev_client: Client) -> None:
    text = await (await dev_client.get("/studio/frames/ticket?first_name=Ada")).text()

    assert 'width="60" height="30"' in text
    assert "index.html?first_name=Ada" in text


@pytest.mark.parametrize(
    ("file", "kind"), [("studio.css", "text/css"), ("studio.js", "text/javascript")]
)
async def test_static_files_have_their_types(dev_client: Client, file: str, kind: str) -> None:
    response = await dev_client.get(f"/studio/static/{file}")

    assert response.status == 200
    assert response.content_type == kind


@pytest.mark.parametrize("file", ["none.css", "..%2f__init__.py", "mark.svg%00"])
async def test_no_other_file_is_given_out(dev_client: Client, file: str) -> None:
    assert (await dev_client.get(f"/studio/static/{file}")).status == 404


async def test_a_page_tells_how_its_campaign_goes_with_the_way_out(dev_client: Client) -> None:
    quiet = await (await dev_client.get("/studio/templates/ticket")).text()
    for number in range(20):
        await dev_client.get(f"/i/ticket.png?first_name=&_send={number}")

    text = await (await dev_client.get("/studio/templates/ticket")).text()

    assert "No picture was asked for." in quiet
    assert "20 asked for" in text
    assert "100 % of first_name came empty" in text
    assert "Look at the column of first_name" in text
    assert '<rect class="poor" x="0.0" width="100.0" height="8"/>' in text
