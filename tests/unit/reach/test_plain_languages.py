"""Which files of a tree an import means, in the languages that are read by patterns alone."""

import time

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import MAX_BYTES
from blastdoor.reach.facts import FileFacts, Import
from blastdoor.reach.languages import PLAIN
from blastdoor.reach.plain import DECLARES, PACKAGE, PATH, extract_plain
from blastdoor.reach.plain_resolve import MOST, PlainResolver


def facts_of(files: dict[str, str]) -> dict[str, list[FileFacts]]:
    """The facts of a tree given as texts by path."""
    facts = {}
    for path, text in files.items():
        language = PLAIN.get(path[path.rfind(".") :].lower())
        if language:
            facts[path] = [extract_plain(language, text.encode())]
    return facts


def reached(files: dict[str, str], importer: str = "") -> set[str]:
    """What the importer's imports mean (the first file's, if none is named)."""
    importer = importer or next(iter(files))
    facts = facts_of(files)
    resolver = PlainResolver(files, facts)
    return {path for one in facts[importer][0].imports for path in resolver.resolve(importer, one)}


def tree(importer: str, text: str, *others: str) -> dict[str, str]:
    """An importer among other files. Each is its path, and behind a `|` what it says."""
    files = {importer: text}
    for other in others:
        path, _, said = other.partition("|")
        files[path] = said
    return files


Case = tuple[str, str, tuple[str, ...], set[str]]

J = "src/main/java"

JVM: list[Case] = [
    ("a/M.java", "import p.q.C;", (f"{J}/p/q/C.java|package p.q;",), {f"{J}/p/q/C.java"}),
    ("a/M.java", "import p.q.C;", ("x/p/q/C.kt|package p.q",), {"x/p/q/C.kt"}),
    ("a/M.java", "import p.q.C;", ("p/q/XC.java|", "xp/q/C.java|package xp.q;"), set()),
    ("a/M.java", "import p.q.C.Inner.Deep;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "import static p.q.C.make;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "import static p.q.C.*;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    (
        "a/M.java",
        "import p.q.*;",
        ("x/A.java|package p.q;", "y/B.kt|package p.q", "z/C.java|package p.q.r;"),
        {"x/A.java", "y/B.kt"},
    ),
    ("a/M.java", "/* c */ import p.q.C;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "import/**/p . q\n .C;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "class A {}; import p.q.C;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "\\u0069mport p.q.C;", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "class A { p.q.C field; }", ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", 'Class.forName("p.q.C")', ("p/q/C.java|package p.q;",), {"p/q/C.java"}),
    ("a/M.java", "import p.q.UtilKt;", ("p/q/Util.kt|package p.q\nfun f() {}",), {"p/q/Util.kt"}),
    ("a/M.java", "import p.q.Two;", ("p/q/One.java|package p.q;\nclass Two {}",), {"p/q/One.java"}),
    ("a/M.java", "import java.util.List;", ("p/List.java|package p;",), set()),
    ("a/M.kt", "import p.q.C as D", ("x/C.kt|package p.q\nclass C",), {"x/C.kt"}),
    ("a/M.kt", "import p.`in`.C", ("p/in/C.kt|package p.`in`",), {"p/in/C.kt"}),
    (
        "a/M.kt",
        "import p.q.twice",
        ("p/q/F.kt|package p.q\nfun <T> List<T>.twice() {}", "p/q/G.kt|"),
        {"p/q/F.kt"},
    ),
    ("a/M.kt", "import p.q.Shape", ("x/All.kt|package p.q\nsealed interface Shape<T : Any>",), {"x/All.kt"}),
    ("a/M.kt", "import p.q.hidden", ("x/F.kt|package p.q\n  fun hidden() {}",), {"x/F.kt"}),
    ("a/b.gradle.kts", 'apply(from = "../x.gradle.kts")', ("x.gradle.kts|",), {"x.gradle.kts"}),
    (
        "a/M.scala",
        "import p.q.{A, B => C}, r.D",
        ("p/q/A.scala|package p.q", "p/q/B.scala|package p.q", "r/D.scala|package r"),
        {"p/q/A.scala", "p/q/B.scala", "r/D.scala"},
    ),
    ("a/M.scala", "import p.q._", ("x/A.scala|package p\npackage q",), {"x/A.scala"}),
    ("a/M.scala", "import p.q.*", ("x/A.scala|package p.q", "y/B.scala|package p"), {"x/A.scala"}),
    (
        "a/M.scala",
        "import p.q.{A, *}",
        ("x/A.scala|package p.q", "x/B.scala|package p.q"),
        {"x/A.scala", "x/B.scala"},
    ),
    (
        "a/M.scala",
        "package p\nimport q.C",
        ("x/All.scala|package p.q\ncase class C(x: Int)",),
        {"x/All.scala"},
    ),
    ("a/M.scala", "import p.q.f", ("x/package.scala|package p\npackage object q {\n}",), {"x/package.scala"}),
    ("a/M.scala", "/*\nimport x,\n*/ import p.C", ("p/C.scala|package p",), {"p/C.scala"}),
    ("a/M.groovy", "import p.C as D", ("p/C.groovy|package p",), {"p/C.groovy"}),
    ("a/build.gradle", 'apply from: "$rootDir/gradle/x.gradle"', ("gradle/x.gradle|",), {"gradle/x.gradle"}),
    ("Jenkinsfile.groovy", "def x = load 'ci/lib.groovy'", ("ci/lib.groovy|",), {"ci/lib.groovy"}),
]

RUST: list[Case] = [
    ("src/lib.rs", "mod a;", ("src/a.rs|", "src/b/a.rs|"), {"src/a.rs"}),
    ("src/lib.rs", "pub(crate) mod a ;", ("src/a/mod.rs|",), {"src/a/mod.rs"}),
    ("src/a.rs", "mod b;", ("src/a/b.rs|", "src/b.rs|"), {"src/a/b.rs"}),
    ("src/a/mod.rs", "mod b;", ("src/a/b.rs|",), {"src/a/b.rs"}),
    ("src/a.rs", "mod c { mod b; }", ("src/a/c/b.rs|", "src/d/b.rs|"), {"src/a/c/b.rs"}),
    ("src/a.rs", '#[path = "odd/x.rs"] mod y;', ("src/odd/x.rs|",), {"src/odd/x.rs"}),
    (
        "src/m.rs",
        "use crate::a::b::C;",
        ("Cargo.toml|", "src/lib.rs|", "src/a.rs|", "src/a/b.rs|"),
        {"src/a/b.rs"},
    ),
    ("src/m.rs", "use crate::a::b::C;", ("Cargo.toml|", "src/lib.rs|", "src/a.rs|"), {"src/a.rs"}),
    ("src/m.rs", "use crate::Top;", ("Cargo.toml|", "src/lib.rs|"), {"src/lib.rs"}),
    (
        "src/m.rs",
        "use crate::{a, b::{self, c as d}, e::*};",
        ("Cargo.toml|", "src/lib.rs|", "src/a.rs|", "src/b.rs|", "src/b/c.rs|", "src/e/mod.rs|"),
        {"src/a.rs", "src/b.rs", "src/b/c.rs", "src/e/mod.rs"},
    ),
    ("src/a/b.rs", "use super::c::D;", ("src/a/c.rs|",), {"src/a/c.rs"}),
    ("src/a/b.rs", "use super::super::c;", ("src/c.rs|",), {"src/c.rs"}),
    ("src/a/b.rs", "use super::D;", ("src/a.rs|",), {"src/a.rs"}),
    ("src/a.rs", "use self::b::C;", ("src/a/b.rs|",), {"src/a/b.rs"}),
    ("src/a.rs", "fn f() { crate::b::g() }", ("src/lib.rs|", "src/b.rs|"), {"src/b.rs"}),
    (
        "app/src/main.rs",
        "use acme_util::x::Y;",
        ("app/Cargo.toml|", "acme-util/Cargo.toml|", "acme-util/src/lib.rs|", "acme-util/src/x.rs|"),
        {"acme-util/src/x.rs"},
    ),
    (
        "app/src/main.rs",
        "acme_util::run()",
        ("app/Cargo.toml|", "crates/util/Cargo.toml|", "crates/util/src/lib.rs|"),
        {"crates/util/src/lib.rs"},
    ),
    ("src/m.rs", "use std::core::fmt; use core::x;", ("core/Cargo.toml|", "core/src/lib.rs|"), set()),
    (
        "src/m.rs",
        'include!("gen.rs"); include_str!("../a.sql")',
        ("src/gen.rs|", "a.sql|"),
        {"src/gen.rs", "a.sql"},
    ),
    (
        "src/m.rs",
        "// we can\nuse crate\nuse crate::a;",
        ("src/lib.rs|", "src/a.rs|"),
        {"src/lib.rs", "src/a.rs"},
    ),
    ("src/m.rs", "use crate::r#type::X;", ("src/lib.rs|", "src/type.rs|"), {"src/type.rs"}),
]

C: list[Case] = [
    ("a/m.c", '#include "x.h"', ("a/x.h|", "b/x.h|"), {"a/x.h"}),
    ("a/m.c", '#include "x.h"', ("b/x.h|", "c/x.h|"), {"b/x.h", "c/x.h"}),
    ("a/m.c", '#include "../b/x.h"', ("b/x.h|", "c/b/x.h|"), {"b/x.h"}),
    ("a/m.c", '#include "../../b/x.h"', ("inc/b/x.h|",), {"inc/b/x.h"}),
    ("a/m.cpp", "#include <p/x.hpp>", ("inc/p/x.hpp|", "third/p/x.hpp|"), {"inc/p/x.hpp", "third/p/x.hpp"}),
    ("a/m.cpp", "#include <x.h>", ("inc/x.h|",), {"inc/x.h"}),
    ("a/m.cpp", "#include <string.h>", ("inc/string.h|", "sys/string.h|"), set()),
    ("a/m.c", ' # \tinclude\\\n "x.h"', ("a/x.h|",), {"a/x.h"}),
    ("a/m.c", '/* why */ #include/* */"x.h"', ("a/x.h|",), {"a/x.h"}),
    ("a/m.c", '%:include "x.h"', ("a/x.h|",), {"a/x.h"}),
    ("a/m.c", '#include "p\\x.h"', ("a/p/x.h|",), {"a/p/x.h"}),
    ("a/m.m", '#import "x.h"', ("a/x.h|",), {"a/x.h"}),
    ("a/m.c", '#include_next "x.h"\n#embed "d.bin"', ("b/x.h|", "a/d.bin|"), {"b/x.h", "a/d.bin"}),
    ("a/m.c", '#include "x.h"', ("a/x.h|", "a/x.c|", "b/x.c|"), {"a/x.h", "a/x.c"}),
    ("a/m.c", '#include "p/x.h"', ("inc/p/x.h|", "src/p/x.cc|", "src/q/x.cc|"), {"inc/p/x.h", "src/p/x.cc"}),
    ("a/x.c", '#include "x.h"', ("a/x.h|",), {"a/x.h"}),
    ("a/m.cpp", "import p.q;", ("b/q.cppm|export module p.q;", "b/r.cppm|export module p.r;"), {"b/q.cppm"}),
    ("a/m.cpp", 'import "x.h";', ("a/x.h|",), {"a/x.h"}),
]

OTHERS: list[Case] = [
    ("a/m.rb", "require_relative '../b/x'", ("b/x.rb|",), {"b/x.rb"}),
    ("a/m.rb", "require 'p/x'", ("lib/p/x.rb|", "vendor/p/x.rb|"), {"lib/p/x.rb"}),
    ("a/m.rb", 'require("p/x")', ("app/models/p/x.rb|",), {"app/models/p/x.rb"}),
    ("spec/m.rb", "require 'spec_helper'", ("spec/spec_helper.rb|",), {"spec/spec_helper.rb"}),
    ("a/m.rb", "autoload :X, 'p/x'", ("lib/p/x.rb|",), {"lib/p/x.rb"}),
    ("a/m.rb", "require File.expand_path('../x', __FILE__)", ("a/x.rb|",), {"a/x.rb"}),
    ("a/m.rb", "load './x.rb'", ("a/x.rb|",), {"a/x.rb"}),
    ("a/m.rb", "begin; require 'p/x'; rescue LoadError; end", ("lib/p/x.rb|",), {"lib/p/x.rb"}),
    ("a/m.php", "<?php use A\\B\\C;", ("src/B/C.php|",), {"src/B/C.php"}),
    (
        "a/m.php",
        "<?php\nuse A\\B\\C as D, A\\E;",
        ("src/A/B/C.php|", "x/B/C.php|", "A/E.php|"),
        {"src/A/B/C.php", "A/E.php"},
    ),
    (
        "a/m.php",
        "<?php\nuse A\\B\\{C, D\\E};",
        ("src/B/C.php|", "src/B/D/E.php|"),
        {"src/B/C.php", "src/B/D/E.php"},
    ),
    ("a/m.php", "<?php\nuse A\\B\\C;", ("x/c.inc.php|<?php namespace A\\B;", "y/C.php|"), {"x/c.inc.php"}),
    ("a/m.php", "<?php\nuse function A\\B\\f;", ("x/fs.php|<?php namespace A\\B;",), {"x/fs.php"}),
    ("a/m.php", "<?php new \\A\\B\\C();", ("src/B/C.php|",), {"src/B/C.php"}),
    ("a/m.php", "<?php $x = 'A\\\\B\\\\C';", ("src/B/C.php|",), {"src/B/C.php"}),
    ("a/m.php", "<?php require_once __DIR__ . '/x.php';", ("a/x.php|", "b/x.php|"), {"a/x.php"}),
    ("a/b/m.php", "<?php include dirname(__DIR__) . '/x.php';", ("a/x.php|",), {"a/x.php"}),
    ("a/m.php", "<?php REQUIRE('lib/x.php');", ("lib/x.php|",), {"lib/x.php"}),
    (
        "a/M.cs",
        "using A.B;",
        ("x/C.cs|namespace A.B;", "y/D.cs|namespace A.B { }", "z/E.cs|namespace A.C;"),
        {"x/C.cs", "y/D.cs"},
    ),
    ("a/M.cs", "global using A.B;", ("x/C.cs|namespace A.B;",), {"x/C.cs"}),
    ("a/M.cs", "using static A.B.C;", ("x/C.cs|namespace A.B;", "x/D.cs|namespace A.B;"), {"x/C.cs"}),
    (
        "a/M.cs",
        "using X = A.B.C;",
        ("x/All.cs|namespace A.B;\npublic class C {}", "x/D.cs|namespace A.B;"),
        {"x/All.cs"},
    ),
    ("a/M.cs", "namespace A.Web;\nusing Data;", ("x/C.cs|namespace A.Data;",), {"x/C.cs"}),
    (
        "a/M.cs",
        "namespace A;\nclass M { Data.User u; }",
        ("x/User.cs|namespace A.Data;", "x/V.cs|namespace A.Data;"),
        {"x/User.cs"},
    ),
    ("a/M.cs", "using A.B;", ("x/C.cs|namespace A\n{\n  namespace B {} }",), {"x/C.cs"}),
    ("a/M.cshtml", "@using A.B", ("x/C.cs|namespace A.B;",), {"x/C.cs"}),
    ("a/M.cs", "using System.Linq;", ("x/C.cs|namespace A.B;",), set()),
    (
        "Sources/App/m.swift",
        "@testable import Core",
        ("Sources/Core/a.swift|", "Sources/Core/b/c.swift|", "Sources/X/d.swift|"),
        {"Sources/Core/a.swift", "Sources/Core/b/c.swift"},
    ),
    (
        "Sources/App/m.swift",
        "public import struct Core.Thing",
        ("Sources/Core/a.swift|",),
        {"Sources/Core/a.swift"},
    ),
    ("lib/a/m.dart", "import '../x.dart';", ("lib/x.dart|", "x.dart|"), {"lib/x.dart"}),
    (
        "app/lib/m.dart",
        "import 'package:core/s/x.dart' show X;",
        ("core/lib/s/x.dart|", "app/lib/s/x.dart|"),
        {"core/lib/s/x.dart"},
    ),
    ("lib/m.dart", "export 'package:other/x.dart';", ("lib/x.dart|",), {"lib/x.dart"}),
    (
        "lib/m.dart",
        "import 'a.dart'\n  if (dart.library.io) 'b.dart';\npart 'm.g.dart';",
        ("lib/a.dart|", "lib/b.dart|", "lib/m.g.dart|"),
        {"lib/a.dart", "lib/b.dart", "lib/m.g.dart"},
    ),
    ("lib/m.dart", "part of a.b;", ("lib/x.dart|library a.b;",), {"lib/x.dart"}),
    ("lib/m.dart", "import 'dart:io';", ("lib/io.dart|",), set()),
    (
        "lib/m.ex",
        "alias A.{B, C}\nuse A.D",
        ("lib/b.ex|defmodule A.B do", "lib/c.ex|defmodule A.C do", "x/a/d.ex|"),
        {"lib/b.ex", "lib/c.ex", "x/a/d.ex"},
    ),
    ("lib/m.ex", "MyApp.HTTPServer.run()", ("lib/my_app/http_server.ex|",), {"lib/my_app/http_server.ex"}),
    ("lib/m.ex", "defmodule A do\n __MODULE__.B.f()", ("lib/b.ex|defmodule A.B do",), {"lib/b.ex"}),
    ("lib/m.exs", 'Code.require_file("x.exs")', ("lib/x.exs|",), {"lib/x.exs"}),
    ("a/m.proto", 'import "p/x.proto";', ("protos/p/x.proto|", "p/y.proto|"), {"protos/p/x.proto"}),
    (
        "a/m.proto",
        "import public 'x.proto';import weak \"y.proto\";",
        ("a/x.proto|", "b/y.proto|"),
        {"a/x.proto", "b/y.proto"},
    ),
    ("a/m.graphql", '#import "./x.graphql"', ("a/x.graphql|", "x.graphql|"), {"a/x.graphql"}),
    ("a/m.graphql", "# import A, B from '../x.graphql'", ("x.graphql|",), {"x.graphql"}),
    ("a/m.sh", ". ./lib.sh", ("a/lib.sh|",), {"a/lib.sh"}),
    ("a/m.sh", "source ../env", ("env|",), {"env"}),
    ("a/m.sh", "source lib/x", ("lib/x|",), {"lib/x"}),
    ("a/m.sh", 'source "$(dirname "$0")/x.sh"', ("a/x.sh|",), {"a/x.sh"}),
    (
        "a/m.sh",
        'DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\n. "${DIR}/lib/x.sh"',
        ("a/lib/x.sh|",),
        {"a/lib/x.sh"},
    ),
    (
        "ci/m.sh",
        "if x; then bash scripts/y.sh; fi && ./z.py",
        ("scripts/y.sh|", "z.py|"),
        {"scripts/y.sh", "z.py"},
    ),
    ("ci/m.sh", "docker run x /app/scripts/y.sh", ("scripts/y.sh|",), {"scripts/y.sh"}),
    ("a/m.lua", "local x = require 'p.x'", ("lua/p/x.lua|",), {"lua/p/x.lua"}),
    (
        "a/m.lua",
        'require("p.y") pcall(require, "p.z") require[[p.x]]',
        ("lua/p/y/init.lua|", "p/z.lua|", "p/x.lua|"),
        {"lua/p/y/init.lua", "p/z.lua", "p/x.lua"},
    ),
    ("a/m.lua", "dofile('lib/x.lua')", ("lib/x.lua|",), {"lib/x.lua"}),
    (
        "a/m.pl",
        "use A::B qw(f);\nrequire A::C;",
        ("lib/A/B.pm|", "lib/A/C.pm|"),
        {"lib/A/B.pm", "lib/A/C.pm"},
    ),
    (
        "a/m.pl",
        "use parent -norequire, 'A::B', qw(A::C);",
        ("lib/A/B.pm|", "x.pm|package A::C;"),
        {"lib/A/B.pm", "x.pm"},
    ),
    ("a/m.pl", "require './x.pl'; do 'y.pl';", ("a/x.pl|", "y.pl|"), {"a/x.pl", "y.pl"}),
    ("a/m.pm", "extends 'A::B';\nA::C->new", ("lib/A/B.pm|", "lib/A/C.pm|"), {"lib/A/B.pm", "lib/A/C.pm"}),
    ("app/M.hs", "import qualified A.B as C (f)", ("src/A/B.hs|", "src/A/B/C.hs|"), {"src/A/B.hs"}),
    ("app/M.hs", 'import {-# SOURCE #-} safe "pkg" A.B', ("src/A/B.lhs|",), {"src/A/B.lhs"}),
    ("a/x.bzl", 'load("//p/q:d.bzl", "r")', ("p/q/d.bzl|", "z/p/q/d.bzl|"), {"p/q/d.bzl"}),
    ("a/x.bzl", "load(':d.bzl', 'r')", ("a/d.bzl|", "d.bzl|"), {"a/d.bzl", "d.bzl"}),
    ("a/BUILD.bazel", 'load("@me//p:d.bzl", "r")', ("sub/p/d.bzl|",), {"sub/p/d.bzl"}),
    ("a/BUILD.bazel", 'load(\n    "//:d.bzl",\n    "r",\n)', ("d.bzl|",), {"d.bzl"}),
]


@pytest.mark.parametrize(("importer", "text", "others", "expected"), JVM + RUST + C + OTHERS)
def test_an_import_means_the_files_that_its_language_would_take(
    importer: str, text: str, others: tuple[str, ...], expected: set[str]
) -> None:
    assert reached(tree(importer, text, *others)) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("java", "Class.forName(name)"),
        ("java", 'loader.loadClass("p." + name)'),
        ("kotlin", "ServiceLoader.load(X::class.java)"),
        ("groovy", "new GroovyShell().evaluate(text)"),
        ("rust", 'include!(concat!(env!("OUT_DIR"), "/x.rs"));'),
        ("rust", "unsafe { libloading::Library::new(path) }"),
        ("c", "#include CONFIG_HEADER"),
        ("c", '#inc\\\nlude "x.h"'),
        ("c", "void *h = dlopen(path, RTLD_NOW);"),
        ("c", "Class c = NSClassFromString(name);"),
        ("ruby", "require name"),
        ("ruby", 'require "plugins/#{name}"'),
        ("ruby", "Dir['x/*.rb'].each { |file| require file }"),
        ("ruby", "files.each(&method(:require))"),
        ("ruby", "name.constantize.new"),
        ("php", "<?php include $x;"),
        ("php", '<?php require "plugins/$name.php";'),
        ("php", "<?php require __DIR__ . '/' . NAME . '.php';"),
        ("php", "<?php new $class();"),
        ("csharp", "Activator.CreateInstance(type)"),
        ("csharp", "Assembly.LoadFrom(path)"),
        ("swift", "NSClassFromString(name)"),
        ("dart", "Isolate.spawnUri(uri, [], null)"),
        ("elixir", "Module.concat(A, name)"),
        ("shell", 'source "$FILE"'),
        ("shell", "bash $script"),
        ("shell", 'eval "$(tool init)"'),
        ("lua", "require(name)"),
        ("lua", 'require("a." .. name)'),
        ("perl", "require $file;"),
        ("starlark", "load_dynamic(path)"),
    ],
)
def test_what_is_loaded_by_a_name_known_at_run_time_is_dynamic(language: str, text: str) -> None:
    assert extract_plain(language, text.encode()).dynamic


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("java", 'Class.forName("p.q.C")'),
        ("ruby", "require 'a'\n# these require care"),
        ("php", "<?php require_once __DIR__ . '/x.php'; // we include that"),
        ("shell", 'source "$DIR/x.sh"\n. ./y.sh'),
        ("lua", "require('a')\n-- people require it"),
        ("c", '#include "x.h"\n#define A(x) \\\n  x'),
        ("groovy", 'apply from: "$rootDir/x.gradle"'),
    ],
)
def test_what_is_loaded_by_a_written_name_is_not_dynamic(language: str, text: str) -> None:
    assert not extract_plain(language, text.encode()).dynamic


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("java", "// (c)\npackage p.q;\nimport a.B;", ["p.q"]),
        ("kotlin", '@file:JvmName("X")\npackage p.q\nimport a.B', ["p.q"]),
        ("scala", "import a.B\npackage p\npackage q", ["p.q", "p", "q"]),
        ("csharp", "using A;\nnamespace P.Q { }", ["P.Q"]),
        ("php", "<?php namespace P\\Q;\nuse A\\B;", ["P\\Q"]),
        ("elixir", "use A\ndefmodule P.Q do\nend", ["P.Q"]),
    ],
)
def test_the_names_a_file_goes_by_come_first(language: str, text: str, expected: list[str]) -> None:
    imports = extract_plain(language, text.encode()).imports
    assert [one.module for one in imports[: len(expected)]] == expected
    assert all((one.names == (PACKAGE,)) == (place < len(expected)) for place, one in enumerate(imports))


def test_each_import_is_found_once_with_its_line() -> None:
    text = b"package p;\r\n\r\nimport a.B;\r\nimport c.D;\nimport a.B;\n"
    assert [(one.module, one.line) for one in extract_plain("java", text).imports] == [
        ("p", 1),
        ("a.B", 3),
        ("c.D", 4),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"import a.B;\0", "NUL"),
        (b"import a.B;\xff", "UTF-8"),
        (b"\xff\xfei\0m\0p\0", "NUL"),
        (b" " * (MAX_BYTES + 1), "larger"),
        (b"".join(b"import a.B%d;\n" % number for number in range(10_001)), "more than"),
        (b"import " + b"a." * 600 + b"B;", "longer"),
        (b"import " + b"a." * 200 + b"B;", "longer"),
    ],
)
def test_a_file_that_is_not_read_as_its_language_says_why(data: bytes, why: str) -> None:
    assert why in extract_plain("java", data).unread


def test_what_is_not_utf8_still_gives_its_imports() -> None:
    facts = extract_plain("c", b'/* \xe9 */\n#include "x.h"\n')
    assert [one.module for one in facts.imports] == ["x.h"]
    assert facts.unread


def test_a_group_nested_deeper_than_any_real_one_is_unread() -> None:
    assert extract_plain("rust", b"use " + b"a::{" * 100 + b"b" + b"}" * 100 + b";").unread


def test_a_language_without_patterns_is_refused() -> None:
    with pytest.raises(KeyError):
        extract_plain("cobol", b"")


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        (
            {"a/A.java": "package p;", "b/B.kt": "package p", "a/C.java": "package q;"},
            "a/A.java",
            {"a/A.java", "b/B.kt"},
        ),
        ({"a/A.java": "", "a/B.java": "", "b/C.java": ""}, "a/A.java", {"a/A.java", "a/B.java"}),
        (
            {
                "A.cs": "namespace P.Q;",
                "B.cs": "namespace P;",
                "C.cs": "namespace P.R;",
                "D.cs": "class D {}",
            },
            "A.cs",
            {"A.cs", "B.cs", "D.cs"},
        ),
        (
            {
                "x/A.cs": "namespace P;",
                "x/x.csproj": "",
                "x/G.cs": "global using System;\nnamespace Z;",
                "y/H.cs": "global using System;\nnamespace Z;",
                "y/y.csproj": "",
            },
            "x/A.cs",
            {"x/A.cs", "x/G.cs"},
        ),
        (
            {"a.php": "<?php namespace P;", "b.php": "<?php namespace P;", "c.php": ""},
            "a.php",
            {"a.php", "b.php"},
        ),
        (
            {"Sources/A/x.swift": "", "Sources/A/b/y.swift": "", "Sources/B/z.swift": ""},
            "Sources/A/x.swift",
            {"Sources/A/x.swift", "Sources/A/b/y.swift"},
        ),
        ({"a.rb": "", "b.rb": ""}, "a.rb", set()),
        ({"a.rb": ""}, "gone.java", set()),
    ],
)
def test_files_see_each_other_without_an_import(files: dict[str, str], path: str, expected: set[str]) -> None:
    assert set(PlainResolver(files, facts_of(files)).same_package(path)) == expected


def test_every_version_of_a_file_counts() -> None:
    versions = [extract_plain("java", text) for text in (b"package p;", b"package q;")]
    resolver = PlainResolver(["x/A.java", "M.java"], {"x/A.java": versions})
    for package in "pq":
        assert resolver.resolve("M.java", Import(module=package, names=("*",))) == ("x/A.java",)


def test_a_file_that_was_not_read_belongs_to_what_its_directory_is_called_like() -> None:
    unread = FileFacts(language="java", unread="larger than 2000000 bytes")
    for facts in ({}, {"src/p/q/A.java": [unread]}):
        resolver = PlainResolver(["src/p/q/A.java", "M.java"], facts)
        assert resolver.resolve("M.java", Import(module="p.q", names=("*",))) == ("src/p/q/A.java",)


def test_a_script_is_read_as_its_facts_say_whatever_it_is_called() -> None:
    facts = {"bin/run": [extract_plain("shell", b". lib.sh")]}
    resolver = PlainResolver(["bin/run", "bin/lib.sh"], facts)
    assert resolver.resolve("bin/run", facts["bin/run"][0].imports[0]) == ("bin/lib.sh",)


def test_what_a_file_says_of_itself_is_no_import() -> None:
    resolver = PlainResolver(["p/A.java", "p/B.java"], {})
    assert resolver.resolve("p/A.java", Import(module="p", names=(PACKAGE,))) == ()
    assert resolver.resolve("p/A.java", Import(module="", names=(DECLARES, "B"))) == ()


def test_of_too_many_answers_the_nearest_are_given_and_the_rest_is_owned_up_to() -> None:
    paths = [f"{top}/{number}/x.h" for top in "abc" for number in range(MOST)]
    resolver = PlainResolver([*paths, "b/7/y/m.c"], {})
    found = resolver.resolve("b/7/y/m.c", Import(module="x.h"))
    assert len(found) == MOST
    assert set(found) == {path for path in paths if path.startswith("b/")}
    assert resolver.cut == {"b/7/y/m.c"}
    assert resolver.resolve("b/7/m.c", Import(module="x.h")) == ()  # no file of the tree


_HOSTILE = [
    *(
        "#include",
        '#include "',
        "#include <a",
        '#include "a"\n',
        "import\n",
        "import a.",
        "import /*",
        "import //",
    ),
    *(
        "import a.{",
        "use a::{",
        "use a,",
        "use ",
        "{",
        "}",
        ";",
        "/*",
        "*/",
        "\n",
        "\\\n",
        " ",
        '"',
        "'",
        "@a\n",
    ),
    *(
        "class A<",
        "fun <",
        "A.",
        "a.",
        "a::",
        "A\\",
        "..",
        "../",
        "$(",
        "${",
        "$a/",
        "a/",
        "source ",
        "eval ",
    ),
    *(
        "require ",
        "require '",
        "load(",
        "require(\n",
        "package ",
        "namespace a ",
        "namespace a;\n",
        "mod x;",
        "\0",
    ),
    *(
        "include!(",
        'File.join("',
        "new $",
        "\\u0061",
        "#[path = ",
        "global using ",
        "public ",
        "é",
        "use base '",
    ),
    *(
        "class C ",
        "alias A.{",
        "import {-# SOURCE ",
        "# import a ",
        "if(",
        "include 'a' .",
        "::",
        "x.sh ",
        "./",
    ),
]


@pytest.mark.parametrize("language", sorted(set(PLAIN.values())))
def test_hostile_text_takes_no_longer_than_it_is_long(language: str) -> None:
    for piece in _HOSTILE:
        data = (piece * (100_000 // len(piece))).encode()
        started = time.process_time()
        extract_plain(language, data)
        assert time.process_time() - started < 1, piece


@pytest.mark.parametrize("piece", ["#include", '#include "', "#include <a>\n", "a.", "\0"])
def test_a_megabyte_of_nonsense_is_no_trouble(piece: str) -> None:
    started = time.process_time()
    extract_plain("c", (piece * (1_000_000 // len(piece))).encode())
    assert time.process_time() - started < 5


def test_a_tree_of_one_name_takes_no_longer_than_it_is_large() -> None:
    paths = [f"d{number % 100}/e{number}/config.h" for number in range(20_000)]
    importers = [f"d{number % 100}/e{number}/m.c" for number in range(1_000)]
    started = time.process_time()
    resolver = PlainResolver([*paths, *importers], {})
    for importer in importers:
        assert len(resolver.resolve(importer, Import(module="<x/config.h>"))) == 0
        assert len(resolver.resolve(importer, Import(module="../config.h"))) == MOST
    assert time.process_time() - started < 10


_NAMES = st.sampled_from(
    ["a", "b", "A", "B", "x", "lib", "src", "mod", "crate", "core", "..", ".", "", "*", "é"]
)
_SEPARATORS = st.sampled_from([".", "/", "::", "\\", ":", "//", "_"])
_MODULES = st.one_of(
    st.text(max_size=30),
    st.builds(lambda parts, by: by.join(parts), st.lists(_NAMES, max_size=6), _SEPARATORS),
    st.builds(
        lambda part, count: part * count, st.sampled_from(["a.", "../", "::", "A\\", "//"]), st.just(900)
    ),
)
_MARKS = st.sampled_from(
    [(), ("*",), ("__path__",), ("__child__",), ("__module__",), ("__global__",), ("__inline__",), ("x", "y")]
)
_PATHS = st.builds(
    lambda folders, stem, suffix: "/".join([*folders, stem + suffix]),
    st.lists(st.sampled_from(["a", "b", "src", "lib", "A"]), max_size=3),
    st.sampled_from(["a", "b", "A", "lib", "mod", "main", "Cargo"]),
    st.sampled_from([*PLAIN, ".toml", ".csproj", ""]),
)


@hypothesis.settings(deadline=None)
@given(st.sets(_PATHS, max_size=25), _MODULES, _MARKS)
def test_only_files_of_the_tree_are_answers_and_nothing_raises(
    paths: set[str], module: str, names: tuple[str, ...]
) -> None:
    resolver = PlainResolver(paths, {})
    for importer in [*paths, "gone/x.rs"]:
        found = resolver.resolve(importer, Import(module=module, names=names))
        assert set(found) <= paths - {importer}
        assert list(found) == sorted(set(found))
        assert set(resolver.same_package(importer)) <= paths


_TOKENS = st.sampled_from(
    [*_HOSTILE, "a", "B", ".c", "*", "(", ")", "[", "]", "=", "|", "#", "from", "\r", "\t"]
)


@hypothesis.settings(deadline=None)
@given(st.lists(_TOKENS, max_size=20).map("".join) | st.text(max_size=60), st.sampled_from(sorted(PLAIN)))
def test_any_text_gives_facts_that_resolve(text: str, suffix: str) -> None:
    path = f"a/m{suffix}"
    facts = extract_plain(PLAIN[suffix], text.encode("utf-8", "surrogatepass"))
    resolver = PlainResolver([path, "a/B.java", "a/x.sh"], {path: [facts]})
    for one in facts.imports:
        assert one.module or one.names[0] == DECLARES
        assert set(resolver.resolve(path, one)) <= {"a/B.java", "a/x.sh"}
    assert extract_plain(PLAIN[suffix], text.encode("utf-8", "surrogatepass")) == facts


def test_a_path_that_leads_out_of_the_tree_is_taken_by_its_end() -> None:
    resolver = PlainResolver(["a/m.sh", "b/x.sh"], {})
    deep = "../" * 40 + "b/x.sh"
    assert resolver.resolve("a/m.sh", Import(module=deep, names=(PATH,))) == ("b/x.sh",)
