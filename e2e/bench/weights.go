package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// What may be sent, in bytes.
const (
	goalFirstVisit = 60_000
	goalRefresh    = 6_000
)

var assetPath = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// weight is how much an answer weighs.
type weight struct {
	name                  string
	plain, sent, squeezed int // as it is, as it was sent, by gzip level 6
}

// weights measures what a first visit and a refresh send.
func (b *bench) weights(ctx context.Context) error {
	progress("weight of the pages")
	visitor := newClient(b.few.program).with("Accept-Encoding", "gzip").with("Accept-Language", "en")
	signIn, err := weigh(ctx, visitor, "sign-in page", "/sign-in")
	if err != nil {
		return err
	}
	all := []weight{signIn}
	page, err := visitor.with("Accept-Encoding", "identity").must(ctx, http.MethodGet, "/sign-in", nil)
	if err != nil {
		return err
	}
	for _, found := range assetPath.FindAllSubmatch(page.body, -1) {
		path := string(found[1])
		w, err := weigh(ctx, visitor, "`"+path+"`", path)
		if err != nil {
			return err
		}
		all = append(all, w)
	}
	formPage, err := weigh(ctx, b.few.browser, nameFormPage, b.few.links+"/new?connector=mysql")
	if err != nil {
		return err
	}
	visit := total("**first visit, to sign in and open a form**", append(all, formPage))
	refresh, err := weigh(ctx, b.many.table(), "**htmx refresh of the list, 50 links**", b.many.links)
	if err != nil {
		return err
	}
	list, err := weigh(ctx, b.many.browser, "list page, 50 links", b.many.links)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, w := range append(all, formPage, visit, refresh, list) {
		rows = append(rows, []string{w.name, kilobytes(w.plain), kilobytes(w.sent), kilobytes(w.squeezed)})
	}
	b.goal("first visit, as sent", "< "+kilobytes(goalFirstVisit), kilobytes(visit.sent), visit.sent < goalFirstVisit)
	b.goal("htmx refresh, as sent", "< "+kilobytes(goalRefresh), kilobytes(refresh.sent), refresh.sent < goalRefresh)
	b.add(section{
		title: "Weight of the pages",
		lead:  "Bodies, without headers, for a browser that takes gzip. The last column is gzip level 6, or as sent where that is smaller.",
		head:  []string{"answer", "plain", "as sent", "compressed"}, rows: rows,
	})
	return b.compression(ctx)
}

func weigh(ctx context.Context, c *client, name, path string) (weight, error) {
	sent, err := c.must(ctx, http.MethodGet, path, nil)
	if err != nil {
		return weight{}, err
	}
	plain, err := c.with("Accept-Encoding", "identity").must(ctx, http.MethodGet, path, nil)
	if err != nil {
		return weight{}, err
	}
	squeezed, _ := squeeze(plain.body, 6, 1)
	return weight{name, len(plain.body), len(sent.body), min(squeezed, len(sent.body))}, nil
}

func total(name string, all []weight) weight {
	sum := weight{name: name}
	for _, w := range all {
		sum.plain, sum.sent, sum.squeezed = sum.plain+w.plain, sum.sent+w.sent, sum.squeezed+w.squeezed
	}
	return sum
}

// squeeze compresses text some times and returns the compressed size and how
// long it takes, median.
func squeeze(text []byte, level, times int) (int, time.Duration) {
	var out bytes.Buffer
	packer, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return 0, 0 // only for a level that does not exist
	}
	var all []time.Duration
	for range times {
		out.Reset()
		began := time.Now()
		packer.Reset(&out)
		_, _ = packer.Write(text) // into memory
		_ = packer.Close()
		all = append(all, time.Since(began))
	}
	return out.Len(), median(all)
}

// compression measures what compressing a page costs at each level.
func (b *bench) compression(ctx context.Context) error {
	var rows [][]string
	for _, page := range []struct {
		name string
		*client
		path string
	}{
		{"list page, 50 links", b.many.browser, b.many.links},
		{"htmx refresh of the list", b.many.table(), b.many.links},
		{nameFormPage, b.few.browser, b.few.links + "/new?connector=mysql"},
		{"sign-in page", b.few.browser.with("Cookie", ""), "/sign-in"},
	} {
		a, err := page.with("Accept-Encoding", "identity").must(ctx, http.MethodGet, page.path, nil)
		if err != nil {
			return err
		}
		row := []string{page.name, kilobytes(len(a.body))}
		for _, level := range []int{1, 5, 9} {
			size, took := squeeze(a.body, level, 200)
			row = append(row, fmt.Sprintf("%s, %s", kilobytes(size), seconds(took.Seconds())))
		}
		rows = append(rows, row)
	}
	b.add(section{
		title: "What compressing costs",
		lead:  "Size and time on one core of compress/gzip, with a writer that is used again. Compare with *processor* under Pages.",
		head:  []string{"page", "plain", "level 1", "level 5", "level 9"}, rows: rows,
	})
	return nil
}
