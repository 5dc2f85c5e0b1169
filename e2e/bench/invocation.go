package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
)

// goalInvoke is an invocation to a direct call of its upstream, median.
const goalInvoke = 1.5

// works are how long the upstreams work that are measured.
var works = []time.Duration{0, 5 * time.Millisecond}

// The baseline's server is the upstream, too: upstreamPath and a duration answers
// when that has passed. proxyPath before that is the least that a Go program
// costs which stands between: it forwards, and decides, records and bounds nothing.
const (
	upstreamPath = "/upstream/"
	proxyPath    = "/proxy"
)

// upstreamRoutes makes the baseline's server, which is at that address, an
// upstream.
func upstreamRoutes(e *echo.Echo, at string) {
	e.POST(upstreamPath+":work", func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		work, err := time.ParseDuration(c.Param("work"))
		if err != nil {
			return err
		}
		if work > 0 {
			time.Sleep(work)
		}
		return c.JSONBlob(http.StatusOK, []byte(`{"orders":17,"state":"done"}`))
	})
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: at})
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: manyAtone}
	e.POST(proxyPath+upstreamPath+":work", echo.WrapHandler(http.StripPrefix(proxyPath, proxy)))
}

// event is the body of every call.
const event = `{"order":"2026-000017","customer":"6e9dfd51d1124e8d8498dce894923a0d","lines":[{"article":"A-17","count":2},{"article":"B-4","count":1}]}`

// invocations measures what an invocation adds to a call of its upstream.
func (b *bench) invocations(ctx context.Context) error {
	at, err := b.newSite(ctx, "invocations", 1)
	b.others = append(b.others, at)
	if err != nil {
		return err
	}
	direct := newClient(b.bare).with("Content-Type", "application/json")
	for _, work := range works {
		name := "works-" + work.String()
		if err := at.newInvocable(ctx, name, b.bare.url+upstreamPath+work.String()); err != nil {
			return err
		}
		var all []contender
		for _, clients := range []int{1, manyAtone} {
			all = append(all,
				contender{fmt.Sprintf(nameDirect, clients), clients, direct.calling(upstreamPath + work.String()), b.bare},
				contender{fmt.Sprintf(nameProxy, clients), clients, direct.calling(proxyPath + upstreamPath + work.String()), b.bare},
				contender{fmt.Sprintf(nameVersion, clients), clients, at.caller.calling(at.invocation(name, "v1")), at.program},
				contender{fmt.Sprintf(nameAlias, clients), clients, at.caller.calling(at.invocation(name, "!gray")), at.program})
		}
		found, err := race(ctx, "invocations of an upstream that works "+work.String(), b.rounds, b.turn, all)
		if err != nil {
			return err
		}
		b.compareInvocations(work, all, found)
	}
	return nil
}

// Contenders of invocations, with their number of clients.
const (
	nameDirect  = "direct, %d at once"
	nameProxy   = "through a bare Go proxy, %d at once"
	nameVersion = "invocation of a version, %d at once"
	nameAlias   = "invocation through an alias with a weight, %d at once"
)

// newInvocable makes a function with an upstream, a version and an alias that
// sends every other call to it.
func (at *site) newInvocable(ctx context.Context, name, upstream string) error {
	body := `{"func_name":"` + name + `","package":"default","runtime":"http","timeout":30,"handler":"-","memory_size":128,` +
		`"code_type":"inline","func_code":{"file":""},"upstream":"` + upstream + `"}`
	for _, step := range [][2]string{
		{"", body},
		{"/" + name + "/versions", `{"version":"v1"}`},
		{"/" + name + "/aliases", `{"name":"gray","version":"latest","additional_version_weights":{"v1":50}}`},
	} {
		if _, err := at.caller.must(ctx, http.MethodPost, at.functions+step[0], []byte(step[1])); err != nil {
			return err
		}
	}
	a, err := at.caller.must(ctx, http.MethodPost, at.invocation(name, "!gray"), []byte(event))
	if err == nil && a.header.Get("X-Func-Err-Code") != "0" {
		err = fmt.Errorf("an invocation was answered %.300s", a.body)
	}
	return err
}

// invocation is the path of calls of a version or an alias of a function.
func (at *site) invocation(function, qualifier string) string {
	return at.functions + "/" + at.project + ":default:" + function + ":" + qualifier + "/invocations"
}

// calling is the operation that posts event to a path.
func (c *client) calling(path string) func(context.Context, int64) error {
	return func(ctx context.Context, _ int64) error {
		_, err := c.must(ctx, http.MethodPost, path, []byte(event))
		return err
	}
}

func (b *bench) compareInvocations(work time.Duration, all []contender, found results) {
	what := "an upstream that works " + work.String()
	if work == 0 {
		what = "an upstream that answers at once"
	}
	var rows [][]string
	for i, c := range all {
		baseline := found[all[i-i%4].name]
		rows = append(rows, []string{
			c.name, figure(latency).of(found[c.name]).short(), figure(latency).ratio(found[c.name], baseline).times(),
			figure(rate).ratio(found[c.name], baseline).times(), figure(cpu).of(found[c.name]).short(),
		})
	}
	b.add(section{
		title: "Invocations of " + what,
		lead: "With a token, over connections that are kept on both sides. Latency and rate are against the direct call with as many clients; " +
			"the proxy's processor time has the upstream's in it.",
		head: []string{"", "latency", "to direct", "rate to direct", "processor"}, rows: rows,
	})
	direct := found[fmt.Sprintf(nameDirect, 1)]
	for _, name := range []string{nameVersion, nameAlias} {
		name = fmt.Sprintf(name, 1)
		ratio := figure(latency).ratio(found[name], direct)
		b.goal(name+", to a direct call, "+what, "≤ "+digits(goalInvoke), ratio.times(), ratio.median <= goalInvoke)
	}
}
