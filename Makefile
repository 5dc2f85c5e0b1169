# Everything is built from source here: css and js from web/, Go from templ.
# One CGO setting for all steps, or everything would be compiled twice.
export CGO_ENABLED := 0

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
ASSETS   := web/dist/manifest.json
TEMPL    := $(shell find web/templates -name '*.templ')
SOURCES  := $(wildcard web/static/*) web/build.mjs $(TEMPL)
GENERATED := bin/.generated
LINTER   := bin/golangci-lint

.DEFAULT_GOAL := help
.PHONY: run build generate test unit e2e pictures bench lint fuzz clean help

run: build ## build what changed and serve http://127.0.0.1:8080, data in ./data
	@exec bin/console serve

build: generate ## build bin/console
	@echo "==> compiling bin/console (the first time takes a few minutes)"
	@go build -ldflags "-s -w -X main.version=$(VERSION)" -o bin/console ./cmd/console

generate: $(ASSETS) $(GENERATED) ## build css and js, generate Go from templ

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@echo "==> installing front-end packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): web/node_modules/.package-lock.json $(SOURCES)
	@echo "==> building css and js"
	@cd web && node build.mjs

$(GENERATED): $(TEMPL) go.mod
	@echo "==> generating Go from templ"
	@go tool templ generate -log-level=error
	@mkdir -p bin && touch $@

test: build packages unit e2e ## run every test: units, real servers, SDKs, browser

.PHONY: packages
packages: ## install the Debian packages that the tests use (as root on Debian)
	@./scripts/test-packages

# Servers that Debian does not have; a module of its own, because they are big.
# FerretDB does not start without a file that its module does not have, unless
# its build information has another name.
SERVERS := bin/testservers/ferretdb bin/testservers/versitygw bin/testservers/openid

bin/testservers/%: internal/testserver/external/go.mod internal/testserver/external/go.sum
	@echo "==> building the test server $* (the first time takes minutes)"
	@mkdir -p $(@D) && cd internal/testserver/external && go build -o ../../../$@ $$(grep -o '[^ ]*/cmd/$*$$' go.mod)
	@LC_ALL=C sed -i 's|\tgithub.com/FerretDB/FerretDB\tv|\tgithub.com/FerretDB/Ferretdb\tv|' $@

# The OpenID provider is ours, made of a library: a module of its own, too.
bin/testservers/openid: $(wildcard internal/testserver/external/openid/*)
	@echo "==> building the test server openid"
	@mkdir -p $(@D) && cd $(<D) && go build -o ../../../../$@ .

unit: generate $(SERVERS) ## run the tests beside the code
	go vet ./...
	go test -timeout 20m -parallel 8 ./... # most tests of checks wait, for servers that say nothing

e2e: build bin/testservers/openid ## run the tests of the whole program, in Chromium and with SDKs
	cd e2e && go vet ./... && go test -timeout 60m -parallel 4 ./...
	$(MAKE) --no-print-directory region REGION='$(JOURNEYS)'

# What people and programs do with each kind, once more in projects that live in a region.
# Left out is what is about people, about pages as such, about several programs on one
# database or about regions anyway, and thousands of entries: 50 go to a region at once.
NOT_THERE := Accessib|NoPageIs|Walk|Documentation|SignIn|SignOut|SetUp|SessionEnds|Invited|SecondFactor|KeysAndTokens
NOT_THERE := $(NOT_THERE)|Language|Preferences|PressedButton|WrongPasswords|OtherSites|TestAudit|AcknowledgedLinks
NOT_THERE := $(NOT_THERE)|Replicas|AReplica|ARegion|WhereAProject|OfThousands
REGION := .
# Of that, what make e2e does: all of it takes a quarter of an hour more.
JOURNEYS := TestFirstLink|TestCloneKeeps|TestDeleteSays|TestEditLink|TestDisableOneLink|TestConnection(That|sAreKept|sAndQueues)
JOURNEYS := $(JOURNEYS)|TestAliasShares|TestAliasByKeyboard|TestFunctionFrom|TestRampByHand|TestWhitelist(FromAList|Removal|ForEveryone|Entry)
JOURNEYS := $(JOURNEYS)|TestRollBack|TestUndo|TestRequest|TestReplicationByKeyboard|TestReplicationTo|TestInvocations|TestTheCodeOfAForm
JOURNEYS := $(JOURNEYS)|TestComparingAnd|TestOfficialSDKManages|TestOfficialSDKInvokes|TestOfficialSDKReplicates

.PHONY: region
region: build ## run the tests of each kind with projects that live in a region
	cd e2e && go test -timeout 40m -parallel 4 -run '$(REGION)' -skip '$(NOT_THERE)' . -args -region

pictures: build ## take the pictures of the documentation anew, in docs/images
	cd e2e && SWITCHBOARD_PICTURES=1 go test -count=1 -run '^TestPicturesOfTheDocumentation$$' .

bench: build ## measure speed against baselines, about a quarter of an hour; writes docs/benchmarks.md
	cd e2e && go run ./bench

lint: generate $(LINTER) ## run the linters
	$(LINTER) run ./...
	cd e2e && ../$(LINTER) run --config ../.golangci.yml ./...

# A module of its own: the linter's dependencies are not ours.
$(LINTER): lint/go.mod lint/go.sum
	@echo "==> building the linter (the first time takes a few minutes)"
	@mkdir -p bin && cd lint && go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

fuzz: generate ## run every fuzz target for a while (FUZZTIME=10s)
	@./scripts/fuzz $(or $(FUZZTIME),10s)

clean: ## remove what was built; data stays
	rm -rf bin web/dist web/node_modules e2e/out
	find . -name '*_templ.go' -not -path './node_modules/*' -delete

help: ## show this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
