package handlers

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"

	"github.com/labstack/echo/v4"

	"switchboard/internal/packed"
)

// compressFrom is the size from which a page is sent compressed, in bytes:
// about what fits into one packet anyway.
const compressFrom = 1400

// level is as quick as the quickest on our pages, and shrinks a table of rows
// that are all alike by a tenth more (docs/benchmarks.md).
const level = 2

var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, level)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// send answers with a rendered page, compressed if the browser takes it and it
// is worth it.
func send(c echo.Context, status int, page *bytes.Buffer) error {
	h := c.Response().Header()
	h.Add("Vary", "Accept-Encoding")
	if page.Len() < compressFrom || !packed.Wanted(c.Request()) {
		return c.HTMLBlob(status, page.Bytes())
	}
	h.Set("Content-Encoding", "gzip")
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	c.Response().WriteHeader(status)
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(c.Response())
	if _, err := w.Write(page.Bytes()); err != nil {
		return err
	}
	return w.Close()
}
