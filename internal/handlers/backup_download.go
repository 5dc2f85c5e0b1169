package handlers

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// What is downloaded is read and sent in blocks. The server's own deadline is for
// pages; a download has one for each block.
const (
	downloadBlock    = 256 << 10 // bytes
	downloadDeadline = time.Minute
)

// errLength is a content that is not as long as its backup says.
var errLength = errors.New("handlers: the backup is not as long as it was")

// downloadBackup answers with what a backup holds. It is not compressed, so that
// what arrives has the sum of the backup.
func (p *pages) downloadBackup(c echo.Context) error {
	b, content, err := p.Service.OpenBackup(c.Request().Context(), p.scope(c), c.Param("id"))
	if err != nil {
		return p.sayRefusalAt(c, backupPath(c, c.Param("id")), err)
	}
	defer content.Close()
	describeDownload(c, &b)
	if askedForHead(c) {
		return c.NoContent(http.StatusOK)
	}
	d := download{writer: c.Response(), control: http.NewResponseController(c.Response())}
	err = d.copy(content, b.Size)
	if err != nil && !c.Response().Committed { // there is still room for an answer
		for _, name := range describing {
			c.Response().Header().Del(name)
		}
		return p.sayRefusalAt(c, backupPath(c, b.ID), err)
	}
	if err != nil && c.Request().Context().Err() == nil {
		p.logBroken(c, err)
	}
	if err != nil || d.gone {
		panic(http.ErrAbortHandler) // a part must not look like the whole
	}
	return nil
}

// describing are the headers that describeDownload sets.
var describing = []string{echo.HeaderContentType, echo.HeaderContentDisposition, echo.HeaderContentLength, "Repr-Digest"}

// describeDownload says what is sent (RFC 6266, RFC 9530).
func describeDownload(c echo.Context, b *api.Backup) {
	attach(c, b.File(), echo.MIMEOctetStream)
	h := c.Response().Header()
	h.Set(echo.HeaderContentLength, strconv.FormatInt(b.Size, 10))
	if sum, err := hex.DecodeString(b.Sum); err == nil && len(sum) > 0 {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
}

// download is what a browser gets, block after block.
type download struct {
	writer  io.Writer
	control *http.ResponseController
	gone    bool // the browser went
}

// copy sends a content of that size. It is a block behind what it has read: only
// the end tells whether the content is still what it was, and until then the
// browser does not have all of it. Errors are those of reading.
func (d *download) copy(content io.Reader, size int64) error {
	if err := d.control.SetReadDeadline(time.Time{}); err != nil { // the one of the request would end this
		return err
	}
	held, next := make([]byte, 0, downloadBlock), make([]byte, downloadBlock)
	for read := int64(0); !d.gone; {
		n, err := content.Read(next[:downloadBlock])
		read += int64(n)
		if err == nil && n == 0 {
			continue
		}
		if ended := errors.Is(err, io.EOF); err != nil && !ended {
			return err
		} else if read > size || ended && read < size {
			return errLength
		}
		if len(held) > 0 {
			d.send(held)
		}
		if held, next = next[:n], held; err != nil {
			d.send(held)
			break
		}
	}
	return nil
}

// send sends a block, and waits for a browser that is slow.
func (d *download) send(block []byte) {
	if d.gone {
		return
	}
	err := d.control.SetWriteDeadline(time.Now().Add(downloadDeadline))
	if err == nil {
		_, err = d.writer.Write(block)
	}
	d.gone = err != nil
}
