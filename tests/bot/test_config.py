"""Settings: everything that is wrong is said at once, in words that help, and no secret is ever said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Config, load, secrets
from bot.errors import ConfigError
from bot.study.limits import Limits

SECRET = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"  # the shape of one, nobody's


def written(folder: Path, toml: str) -> Path:
    path = folder / "config.toml"
    path.write_text(toml, encoding="utf-8")
    return path


def problems(path: Path | None, **environment: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        load(path, environment)
    return raised.value.problems


def test_without_a_file_everything_has_a_default() -> None:
    config = load(None, {"PATH": "/bin", "STUDYCIRCLE_TEST": "1"})
    assert config == Config()
    assert (config.web.host, config.web.port, config.local.enabled) == ("127.0.0.1", 8080, False)


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[web]\nport = 9000\n[instance]\nzone = "Europe/Berlin"'), {})
    assert (config.web.port, config.instance.zone, config.web.host) == (9000, "Europe/Berlin", "127.0.0.1")


def test_the_environment_wins(tmp_path: Path) -> None:
    path = written(tmp_path, "[web]\nport = 9000\n[local]\nenabled = false")
    config = load(path, {"STUDYCIRCLE_WEB__PORT": "9001", "STUDYCIRCLE_LOCAL__ENABLED": "true"})
    assert (config.web.port, config.local.enabled) == (9001, True)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n", encoding="utf-8")
    config = load(None, {"STUDYCIRCLE_DISCORD__TOKEN_FILE": str(tmp_path / "token")})
    assert config.discord.token is not None
    assert config.discord.token.get_secret_value() == SECRET


def test_all_problems_are_said_at_once_each_with_its_key(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        [instance]
        zone = "Berlin"
        [storage]
        url = "mysql://localhost/x"
        [web]
        prot = 8080
        port = 99999
        [discrod]
        token = "x"
        """,
    )
    told = "\n".join(problems(path, STUDYCIRCLE_WEB__PUBLIC_URL="circle.example", STUDYCIRCLE_NOPE__X="1"))
    assert "instance.zone: 'Berlin' will not do. Expected: a time zone like Europe/Berlin." in told
    assert "storage.url: 'mysql://localhost/x' will not do. Expected: sqlite:///path.db or postgresql" in told
    assert "web.prot: there is no such setting. Did you mean web.port?" in told
    assert "web.port: 99999 will not do. Expected: Input should be less than or equal to 65535." in told
    assert "web.public_url: 'circle.example' will not do. Expected: an address like https://" in told
    assert "discrod: there is no such setting. Did you mean discord?" in told
    assert "nope: there is no such setting." in told
    assert len(told.splitlines()) == 7


def test_a_key_that_is_like_none_gets_all_there_are(tmp_path: Path) -> None:
    [told] = problems(written(tmp_path, "[local]\nxyzzy = 1"))
    assert told == "local.xyzzy: there is no such setting. Known: ['enabled']."


def test_a_section_that_is_no_section_is_a_problem(tmp_path: Path) -> None:
    [told] = problems(written(tmp_path, "web = 3"), STUDYCIRCLE_WEB__PORT="1")
    assert told.startswith("web: 3 will not do.")


def test_a_file_that_is_not_there_says_what_to_copy(tmp_path: Path) -> None:
    [told] = problems(tmp_path / "config.toml")
    assert told.endswith("there is no such file. Copy config.example.toml to it and fill it in.")


@pytest.mark.parametrize("content", [b"[web\nport = 1", b"\xff\xfe\x00", b"[web]\nport = "])
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    [told] = problems(path)
    assert told.startswith(f"{path}: cannot be read: ")


def test_a_secret_file_that_is_not_there_is_one_problem_among_the_others(tmp_path: Path) -> None:
    missing, folder = str(tmp_path / "none"), str(tmp_path)
    told = problems(
        None,
        STUDYCIRCLE_DISCORD__TOKEN_FILE=missing,
        STUDYCIRCLE_SLACK__BOT_TOKEN_FILE=folder,
        STUDYCIRCLE_WEB__PORT="x",
    )
    assert told[0] == f"STUDYCIRCLE_DISCORD__TOKEN_FILE: cannot read {missing}: No such file or directory"
    assert told[1] == f"STUDYCIRCLE_SLACK__BOT_TOKEN_FILE: cannot read {folder}: Is a directory"
    assert told[2].startswith("web.port: 'x' will not do.")


def test_no_problem_ever_holds_a_secret(tmp_path: Path) -> None:
    path = written(
        tmp_path, f'[discord]\ntoken = ["{SECRET}"]\ntokn = "{SECRET}"\n[slack]\nbot_token = {{a = "{SECRET}"}}'
    )
    told = "\n".join(
        problems(
            path,
            STUDYCIRCLE_STORAGE__URL=f"mysql://circle:{SECRET}@db/circle",
            STUDYCIRCLE_SLACK__APP_TOKEN_FILE=SECRET,  # the secret itself, where its file was meant
            STUDYCIRCLE_DISCORD__TOKENS=SECRET,
        )
    )
    assert "discord.token: its value will not do." in told
    assert "storage.url: 'mysql://…@db/circle' will not do." in told
    assert "STUDYCIRCLE_SLACK__APP_TOKEN_FILE: cannot read the file that it names: " in told
    assert SECRET not in told


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://circle@db.example/circle",
        "postgresql://circle:p%2Fss%23w%3Frd%40@db.example:5433/circle?sslmode=require&application_name=a+b",
        "postgresql:///circle?host=/run/postgresql",
        "postgresql://one:5432,two:5433/circle",
        "postgresql://circle@[::1]:5432/circle",
        "postgresql://%2Frun%2Fpostgresql/circle",
    ],
)
def test_an_address_of_a_server_is_taken_as_it_is(address: str) -> None:
    assert load(None, {"STUDYCIRCLE_STORAGE__URL": address}).storage.url == address


@pytest.mark.parametrize("sign", ["/", "?", "#", "@", "12/", "12?", ":["])
def test_a_password_that_would_be_taken_for_something_else_is_refused_and_not_shown(sign: str) -> None:
    told = "\n".join(problems(None, STUDYCIRCLE_STORAGE__URL=f"postgresql://circle:{sign}{SECRET}@db/circle"))
    assert "with / ? # @ [ ] of a password as %2F %3F %23 %40 %5B %5D" in told
    assert SECRET not in told


def test_a_password_among_the_options_is_a_secret_too() -> None:
    config = load(None, {"STUDYCIRCLE_STORAGE__URL": f"postgresql://db/circle?password={SECRET}&sslmode=require"})
    assert SECRET in secrets(config)
    assert SECRET not in "\n".join(problems(None, STUDYCIRCLE_STORAGE__URL=f"mysql://db/circle?password={SECRET}"))


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    config = load(
        None, {"STUDYCIRCLE_DISCORD__TOKEN": SECRET, "STUDYCIRCLE_STORAGE__URL": "postgresql://a:pass%21word@h/n"}
    )
    assert SECRET not in repr(config)
    assert secrets(config) == ["pass%21word", "pass!word", SECRET]


def test_a_relative_database_lies_beside_the_settings(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[storage]\nurl = "sqlite:///data/circle.db"'), {})
    assert config.storage.url == f"sqlite:///{tmp_path.resolve()}/data/circle.db"
    absolute = load(written(tmp_path, '[storage]\nurl = "sqlite:////var/lib/circle.db"'), {})
    assert absolute.storage.url == "sqlite:////var/lib/circle.db"


def test_limits_are_the_usual_ones_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert load(None, {}).limits.as_limits == Limits()
    changed = load(written(tmp_path, "[limits]\nquestions_a_day = 3"), {})
    assert changed.limits.as_limits == Limits(questions_a_day=3)
    assert problems(written(tmp_path, "[limits]\nviews_a_minute = 0")) == (
        "limits.views_a_minute: 0 will not do. Expected: Input should be greater than or equal to 1.",
    )


def test_backups_lie_beside_the_settings_unless_none_are_wanted(tmp_path: Path) -> None:
    beside = load(written(tmp_path, '[storage]\nbackups = "kept"'), {}).storage
    assert (beside.backups_folder, beside.file) == (tmp_path / "kept", tmp_path / "studycircle.db")
    far = load(written(tmp_path, '[storage]\nurl = "postgresql://host/x"\nbackups = "/var/kept"'), {}).storage
    assert (far.backups_folder, far.file) == (Path("/var/kept"), None)
    none = load(written(tmp_path, '[storage]\nbackups = ""\nkeep_daily = 3'), {}).storage
    assert (none.backups_folder, none.keep_daily, none.keep_weekly) == (None, 3, 4)


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("API_URL", "http://discord.example/api"),
        ("API_URL", "ftp://127.0.0.1/api"),
        ("API_URL", "https://"),
        ("API_URL", "http://[::1"),
        ("GATEWAY_URL", "ws://discord.example/"),
        ("GATEWAY_URL", "https://discord.example/"),
    ],
)
def test_discord_is_spoken_to_in_secret_or_on_this_machine(key: str, address: str) -> None:
    with pytest.raises(ConfigError, match=f"discord.{key.lower()}: its value will not do. Expected: an address that"):
        load(None, {f"STUDYCIRCLE_DISCORD__{key}": address})


def test_discord_may_be_a_server_on_this_machine() -> None:
    here = {"API_URL": "http://127.0.0.1:8000/api", "GATEWAY_URL": "ws://localhost:8000/"}
    config = load(None, {f"STUDYCIRCLE_DISCORD__{key}": value for key, value in here.items()})
    assert (config.discord.api_url, config.discord.gateway_url) == (here["API_URL"], here["GATEWAY_URL"])


def test_a_token_may_stand_in_a_file_that_the_settings_name(tmp_path: Path) -> None:
    (tmp_path / "discord.token").write_text(f"{SECRET}\n")
    file = written(tmp_path, '[discord]\ntoken_file = "discord.token"')
    loaded = load(file, {})
    assert loaded.discord.token is not None
    assert loaded.discord.token.get_secret_value() == SECRET
    assert SECRET in secrets(loaded)
    assert SECRET not in repr(loaded)
    wins = load(file, {"STUDYCIRCLE_DISCORD__TOKEN": "other"}).discord.token
    assert wins is not None
    assert wins.get_secret_value() == "other"


def test_a_file_of_a_token_that_cannot_be_read_is_told_without_its_name(tmp_path: Path) -> None:
    """Somebody may have put the token itself there."""
    file = written(tmp_path, f'[discord]\ntoken_file = "{SECRET}"')
    assert problems(file) == ("discord.token_file: the file that it names cannot be read: No such file or directory",)
    assert "will not do" in problems(written(tmp_path, "[discord]\ntoken_file = 3"))[0]
