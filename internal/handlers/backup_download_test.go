package handlers_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/handlers"
)

// download is what arrives of a backup, and how that ended.
func (s *site) download(id string) (res *http.Response, content []byte, err error) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.server.URL+s.backups()+"/"+id+"/download", nil)
	require.NoError(s.t, err)
	req.Header.Set("Accept-Encoding", "gzip")
	if res, err = s.client.Do(req); err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	content, err = io.ReadAll(res.Body)
	return res, content, err
}

func TestABackupIsDownloaded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	big := strings.Repeat("0123456789abcdef", 100_000)
	s.write("docs/a.txt", big)
	s.write("notes.txt", "one note")
	s.write("taken/x\" 备份.sql", "create table t")
	s.write("empty", "")
	made := s.protected("nightly", "docs", "notes.txt", "taken*", "empty")

	t.Run("a folder as an archive, with its length and its sum", func(t *testing.T) {
		b := made["docs"]
		res, content, err := s.download(b.ID)
		require.NoError(t, err)
		sum := sha256.Sum256(content)
		require.Equal(t, b.Sum, hex.EncodeToString(sum[:]))
		require.Equal(t, b.Size, res.ContentLength)
		require.Contains(t, string(content), big)
		for name, value := range map[string]string{
			"Content-Disposition": `attachment; filename="` + b.Name + `.tar"`, "Content-Type": "application/octet-stream", "Content-Encoding": "",
			"X-Content-Type-Options": "nosniff", "Repr-Digest": "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":", "Cache-Control": "no-store",
		} {
			require.Equal(t, value, res.Header.Get(name), name)
		}
	})
	t.Run("an object as it is, under a name that cannot break out", func(t *testing.T) {
		res, content, err := s.download(made["notes.txt"].ID)
		require.NoError(t, err)
		require.Equal(t, "one note", string(content))
		require.Equal(t, `attachment; filename="`+made["notes.txt"].Name+`-notes.txt"`, res.Header.Get("Content-Disposition"))
		b := made["taken/x\" 备份.sql"]
		res, content, err = s.download(b.ID)
		require.NoError(t, err)
		require.Equal(t, "create table t", string(content))
		require.Equal(t, `attachment; filename="x_ __.sql"; filename*=UTF-8''x%22%20%E5%A4%87%E4%BB%BD.sql`, res.Header.Get("Content-Disposition"))
		require.Empty(t, res.Header.Get("Repr-Digest"), "nobody has read it yet")
		res, _, err = s.download(b.ID)
		require.NoError(t, err)
		require.NotEmpty(t, res.Header.Get("Repr-Digest"))
	})
	t.Run("nothing is something", func(t *testing.T) {
		res, content, err := s.download(made["empty"].ID)
		require.NoError(t, err)
		require.Empty(t, content)
		require.Zero(t, res.ContentLength)
	})
	t.Run("who asks for the head gets only that", func(t *testing.T) {
		p := s.send(http.MethodHead, s.backups()+"/"+made["docs"].ID+"/download", nil, nil).requireStatus(http.StatusOK)
		require.NotEmpty(t, p.header.Get("Content-Length"))
		require.Empty(t, p.html)
	})
	t.Run("one that is not what it was is never all there, and its page says why", func(t *testing.T) {
		b := made["docs"]
		file := s.object(filepath.Join(".switchboard", "backups", s.project.ID, b.ID+".tar"))
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, bytes.Replace(content, []byte("0123"), []byte("4567"), 1), 0o600))
		res, arrived, err := s.download(b.ID)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Less(t, int64(len(arrived)), b.Size)
		p := s.get(s.backups() + "/" + b.ID)
		require.NotEmpty(t, p.text("#backup-now .run-reason"))
		require.Contains(t, p.text(".page-header"), "Try to download")

		require.NoError(t, os.WriteFile(file, content, 0o600))
		_, arrived, err = s.download(b.ID)
		require.NoError(t, err)
		require.Equal(t, content, arrived)
		require.Contains(t, s.get(s.backups()+"/"+b.ID).text("#backup-now"), "Available", "it was mended")
	})
	t.Run("a small one that is not what it was is told of at once", func(t *testing.T) {
		page := s.backups() + "/" + made["notes.txt"].ID
		require.NoError(t, os.WriteFile(s.object(filepath.Join(".switchboard", "backups", s.project.ID, made["notes.txt"].ID)), []byte("other no"), 0o600))
		s.get(page + "/download").requireRedirect(page)
		require.NotEmpty(t, s.get(page).text(".flashes .notice-warning"))
	})
}

// opened is a service whose backups hold something else.
type opened struct {
	api.Service

	size    int64
	content func() io.Reader
}

func (o *opened) OpenBackup(context.Context, api.Scope, string) (api.Backup, io.ReadCloser, error) {
	return api.Backup{Name: "b", Path: "b", Size: o.size}, io.NopCloser(o.content()), nil
}

func TestADownloadIsNeverShortAndLooksWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	broken := errors.New("the disk is gone")
	fails := func(content string) io.Reader {
		return io.MultiReader(strings.NewReader(content), readerFunc(func([]byte) (int, error) { return 0, broken }))
	}
	for name, c := range map[string]struct {
		size    int64
		content io.Reader
	}{
		"reading fails at the beginning":     {9, fails("")},
		"reading fails in the middle":        {9, fails("1234")},
		"reading fails after two pieces":     {9, io.MultiReader(strings.NewReader("1234"), fails("5678"))},
		"reading fails at the very end":      {9, fails("123456789")},
		"there is less than there should":    {9, strings.NewReader("12345678")},
		"there is more than there should":    {9, strings.NewReader("1234567890")},
		"there is more in another piece":     {9, io.MultiReader(strings.NewReader("123456789"), strings.NewReader("0"))},
		"there is something instead of none": {0, strings.NewReader("1")},
	} {
		t.Run(name, func(t *testing.T) {
			s.serve(&opened{Service: s.service, size: c.size, content: func() io.Reader { return c.content }})
			res, content, err := s.download("b")
			if err == nil { // it could still be said
				require.Equal(t, http.StatusInternalServerError, res.StatusCode)
				require.Empty(t, res.Header.Get("Content-Disposition"))
				return
			}
			require.Less(t, int64(len(content)), c.size)
		})
	}
	require.Contains(t, s.log.String(), broken.Error())
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// A server that gives a page a moment gives a download as long as it takes.
func TestADownloadOutlivesTheDeadlineOfPages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const moment = 250 * time.Millisecond
	began, pieces := time.Now(), 0
	slow := readerFunc(func(b []byte) (int, error) {
		if pieces++; pieces > 4 {
			return 0, io.EOF
		}
		<-time.After(moment)
		return copy(b, "piece"), nil
	})
	options := s.options
	options.Service = &opened{Service: s.service, size: 20, content: func() io.Reader { return slow }}
	server := httptest.NewUnstartedServer(handlers.New(options))
	server.Config.ReadTimeout, server.Config.WriteTimeout = moment, moment
	server.Start()
	t.Cleanup(server.Close)
	s.server = server
	_, content, err := s.download("b")
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("piece", 4), string(content))
	require.Greater(t, time.Since(began), 3*moment)
}
