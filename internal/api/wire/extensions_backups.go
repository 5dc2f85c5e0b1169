package wire

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// downloadTime is how long a part of a download may take to be sent.
const downloadTime = time.Minute

// downloadBackup answers GET …/backups/{id}/content: the object itself, with its
// checksum. One that is cut short is not what it was, or could not be read.
func (s *server) downloadBackup(c echo.Context, scope api.Scope) error {
	backup, content, err := s.Service.OpenBackup(c.Request().Context(), scope, param(c, "backup"))
	if err != nil {
		return err
	}
	defer content.Close()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	h.Set(echo.HeaderContentLength, strconv.FormatInt(backup.Size, 10))
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": backup.File()}))
	if sum, err := hex.DecodeString(backup.Sum); err == nil && len(sum) > 0 {
		h.Set("Etag", `"`+backup.Sum+`"`)
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	c.Response().WriteHeader(http.StatusOK)
	control := http.NewResponseController(c.Response())
	buffer := make([]byte, 256<<10)
	for {
		n, err := content.Read(buffer)
		// The server's own deadline is for answers that come at once. Where there is
		// none, there is nothing to put off.
		_ = control.SetWriteDeadline(time.Now().Add(downloadTime))
		if _, err := c.Response().Write(buffer[:n]); err != nil {
			return nil // nobody is there any more
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			s.report(c, err)
			panic(http.ErrAbortHandler) // a part must not look like the whole
		}
	}
}
