package wire

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/locale"
	"switchboard/internal/packed"
)

// writtenDocument is a document as it is served.
type writtenDocument struct{ plain, gzip servedText }

// servedText is a text with its tag.
type servedText struct {
	text []byte
	tag  string
}

func writeDocument(lang, version string) writtenDocument {
	text := Document(lang, version)
	sum := sha256.Sum256(text)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return writtenDocument{servedText{text, fmt.Sprintf("%q", tag)}, servedText{b.Bytes(), fmt.Sprintf("%q", tag+"-gzip")}}
}

// showDocument answers GET /openapi.json?lang=en|zh, to anybody.
func (s *server) showDocument(c echo.Context) error {
	r, h := c.Request(), c.Response().Header()
	lang := locale.Negotiate(r.Header.Get("Accept-Language"))
	switch asked := c.QueryParam("lang"); asked {
	case locale.Chinese, locale.English:
		lang = asked
	}
	document := s.documents[lang]()
	sent := document.plain
	if packed.Wanted(r) {
		sent = document.gzip
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set("ETag", sent.tag)
	h.Set("Vary", "Accept-Language, Accept-Encoding")
	h.Set(echo.HeaderCacheControl, "no-cache")
	if known := r.Header.Get("If-None-Match"); strings.Contains(known, sent.tag) || known == "*" {
		h.Del(echo.HeaderContentEncoding)
		return c.NoContent(http.StatusNotModified)
	}
	return answerBytes(c, http.StatusOK, sent.text)
}
