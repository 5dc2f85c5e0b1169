package wire

import (
	"fmt"
	"strings"
	"testing"

	"switchboard/internal/api"
)

func BenchmarkX(b *testing.B) {
	w := start(b)
	body := seed(b)
	scope := api.Scope{Project: w.project.ID, Actor: api.Actor{User: "ada", UserID: w.user.ID}}
	draft, _ := readDraft([]byte(body), nil)
	draft.Cluster = "s"
	n := 0
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			readDraft([]byte(body), nil)
		}
	})
	b.Run("service", func(b *testing.B) {
		for b.Loop() {
			n++
			draft.Name = fmt.Sprintf("s%d", n)
			if _, err := w.Service.CreateLink(b.Context(), scope, draft, api.Shape); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("token", func(b *testing.B) {
		for b.Loop() {
			n++
			if r := w.send("POST", w.links("t", ""), strings.Replace(body, "mysql_link", fmt.Sprintf("t%d", n), 1)); r.Code != 200 {
				b.Fatal(r.Body.String())
			}
		}
	})
	b.Run("signed", func(b *testing.B) {
		for b.Loop() {
			n++
			if r := w.signed("POST", w.links("t", ""), strings.Replace(body, "mysql_link", fmt.Sprintf("t%d", n), 1)); r.Code != 200 {
				b.Fatal(r.Body.String())
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.ReportAllocs()
		x := signedExamples[0]
		r := x.request()
		for b.Loop() {
			a, _ := parseAuthorization(r.Header.Get("Authorization"))
			a.verify(r, []byte(x.body), exampleSecret)
		}
	})
	b.Run("catalog-token", func(b *testing.B) {
		for b.Loop() {
			w.send("GET", "/v3/auth/catalog", "")
		}
	})
	b.Run("catalog-signed", func(b *testing.B) {
		for b.Loop() {
			w.signed("GET", "/v3/auth/catalog", "")
		}
	})
	b.Run("404", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.send("GET", "/v2/x", "")
		}
	})
	b.Run("connectors", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.send("GET", "/switchboard/v1/connectors", "")
		}
	})
	l, _ := w.Service.ListLinks(b.Context(), scope, api.LinkQuery{Limit: 200})
	b.Run("encode200", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bb := buffers.Get().(interface{ Reset() })
			bb.Reset()
			buffers.Put(bb)
			for i := range l.Items {
				encodeLink(&l.Items[i])
			}
		}
	})
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.send("GET", w.links("t", "/all?cname=x"), "")
		}
	})
}
