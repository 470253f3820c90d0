"""What people may write, drawn by hypothesis: ordinary words, and everything that some platform takes for a mark."""

from __future__ import annotations

from hypothesis import strategies as st

MARKS = (
    *(
        "@everyone",
        "@here",
        "<@80351110224678912>",
        "<@!1>",
        "<@&2>",
        "<#C024BE7LR|general>",
        "<!channel>",
        "<!here|x>",
    ),
    *("<https://evil.example|click>", "[text](https://evil.example)", "https://evil.example", "www.evil.example"),
    *("![x](http://e.example/i.png)", "<script>alert(1)</script>", "<b>", "</div>", "<!--", "-->", "&amp;", "&#42;"),
    *(
        "**",
        "__",
        "*",
        "_",
        "~~",
        "||",
        "`",
        "```",
        "# ",
        "## ",
        "- ",
        "+ ",
        "1. ",
        "1) ",
        "> ",
        "---",
        "===",
        "| a | b |",
    ),
    *(
        "{who}",
        "{",
        "}",
        "{question}",
        "{0}",
        "%s",
        "%(x)s",
        "$x$",
        "\\",
        "\\n",
        ":smile:",
        "a@b.example",
        "^^",
        "[^1]",
    ),
    *("\n", "\n\n", "  \n", "\t", "    ", "\n    code", "\n\n    code", "\n===\n", "\n---\n", "[a]: http://e.example"),
    *("👩🏽‍💻", "é", "ß", "漢字", "עברית", "½", "\u00a0", "\u200d", "\u2028", "“", "”"),
)
"""Marks of Markdown, HTML, Slack, Discord and templates, and characters that are more than one byte."""

letters = st.characters(exclude_categories=("Cc", "Cs"))
"""Characters that a person can send through a form."""

words = st.lists(st.sampled_from(MARKS) | st.text(letters, max_size=8), max_size=10).map("".join)
"""Whatever somebody may write, with marks in it far more often than by chance."""

some_words = words.filter(lambda written: bool(written.strip()))
"""The same, with something to see in it."""
