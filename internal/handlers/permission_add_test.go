package handlers_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// sendFile sends a form with a file, as a browser does.
func (s *site) sendFile(path string, v url.Values, content string) *page {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range v {
		for _, value := range values {
			require.NoError(s.t, w.WriteField(name, value))
		}
	}
	file, err := w.CreateFormFile("file", "list")
	require.NoError(s.t, err)
	_, err = file.Write([]byte(content))
	require.NoError(s.t, err)
	require.NoError(s.t, w.Close())
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.URL+path, &body)
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.do(req)
}

// typedRows is what the editor sends: account, description and expiry of each
// row.
func typedRows(cells ...string) url.Values {
	v := url.Values{}
	for i, text := range cells {
		v.Set(fmt.Sprintf("rows.%d.%s", i/3, []string{"account", "description", "expires"}[i%3]), text)
	}
	return v
}

func TestAddingTypedAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 0)
	list := s.whitelists() + "/" + service.ID
	path := list + "/add"
	p := s.get(path).requireStatus(http.StatusOK)
	require.Equal(t, 3, p.Find("#rows .row").Length())
	require.Equal(t, "multipart/form-data", p.Find("#add-form").AttrOr("enctype", ""))
	require.Equal(t, "abc", s.get(path+"?account=abc").value("rows.0.account"))

	p = s.post(path, typedRows("abc", "Acme", "2027-99-99", "", "", "", "*", "", "", "abc", strings.Repeat("x", 257), "")).
		requireStatus(http.StatusUnprocessableEntity)
	require.Contains(t, p.text(".notice-error"), "3 lines have problems.")
	require.Contains(t, p.text("#rows-0-expires-error"), "“2027-99-99” is not a date")
	require.Contains(t, p.text("#rows-1-account-error"), "Open the service to everyone by itself", "the empty row is gone")
	require.Contains(t, p.text("#rows-2-account-error"), "line 1")
	require.Contains(t, p.text("#rows-2-description-error"), "256")
	require.Equal(t, "2027-99-99", p.value("rows.0.expires"))
	require.Len(t, p.value("rows.2.description"), 257)
	require.Empty(t, s.entries(service.ID))

	t.Run("in place, cell by cell", func(t *testing.T) {
		p := s.post(path+"/validate", typedRows("", "", "", "not an id", "", "", "def", "", "2001-01-01"), fragment("field-rows")...)
		require.False(t, p.whole())
		require.Contains(t, p.text("#rows-1-account-error"), "letters, digits")
		require.Contains(t, p.text("#rows-2-expires-error"), "has passed")
	})
	require.Equal(t, list+"/everyone", p.Find("#add-verdict a").AttrOr("href", ""), "the way to open it is there")
	t.Run("which brings up to date what was said of them all", func(t *testing.T) {
		require.Equal(t, 3, p.Find("#rows .row").Length())
		sent := fields(p, "#add-form")
		sent.Set("rows.0.expires", "")
		sent.Set("rows.1.account", "def")
		q := s.post(path+"/validate", sent, fragment("field-rows")...)
		require.False(t, q.whole())
		require.Contains(t, q.text("#add-verdict"), "1 line has a problem. 2 accounts can be added.")
		require.Zero(t, q.Find("#add-save, #add-verdict a").Length())
		sent.Set("rows.2.account", "ghi")
		sent.Set("rows.2.description", "")
		q = s.post(path+"/validate", sent, fragment("field-rows")...)
		require.Contains(t, q.text("#add-verdict .notice-success"), "3 accounts can be added.")
		require.Equal(t, "Add 3 accounts", q.text("#add-actions #add-save"))
		require.Empty(t, q.text("#add-rows-issues"))
		require.Equal(t, 3, q.Find("[hx-swap-oob=true]").Length())
		sent.Del("read")
		require.Zero(t, s.post(path+"/validate", sent, fragment("field-rows")...).Find("[hx-swap-oob]").Length(), "nothing was said of them yet")
	})
	t.Run("rows come and go", func(t *testing.T) {
		p := s.post(path+"/edit", func() url.Values {
			v := typedRows("abc", "", "")
			v.Set("op", "add:rows")
			v.Set("text", "kept")
			return v
		}())
		require.Equal(t, 2, p.Find("#rows .row").Length())
		require.Equal(t, "kept", p.text("#text"))
		p = s.post(path+"/edit", func() url.Values {
			v := typedRows("abc", "", "", "def", "", "")
			v.Set("op", "remove:rows.0")
			return v
		}())
		require.Equal(t, "def", p.value("rows.0.account"))
	})
	t.Run("the bad ones can be dropped", func(t *testing.T) {
		p := s.post(path+"/drop", typedRows("abc", "Acme", "", "not an id", "", "", "abc", "", ""))
		require.Equal(t, 1, p.Find("#rows .row").Length())
		require.Equal(t, "Add 1 account", p.text("#add-save"))
		require.Equal(t, 3, s.post(path+"/drop", typedRows("not an id", "", "")).Find("#rows .row").Length(), "rows to begin again")
	})
	s.post(path, typedRows("abc", "Acme, Inc.", "30d", api.AccountPrefix+"def", "", "", "", "", "")).requireRedirect(list)
	require.Contains(t, s.get(list).text(".flashes"), "2 accounts were added")
	now := s.entries(service.ID)
	require.Equal(t, "Acme, Inc.", now["abc"].Description)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 30), now["abc"].Expires, time.Minute)
	require.Zero(t, now["def"].Expires)

	t.Run("of which one is there meanwhile adds nothing", func(t *testing.T) {
		p := s.post(path, typedRows("new", "", "", "def", "", "")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text("#rows-1-account-error"), "in the whitelist already")
		require.Len(t, s.entries(service.ID), 2)
	})
	t.Run("none of them says what to do", func(t *testing.T) {
		p := s.post(path, typedRows("", "", "")).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".notice-error"), "at least one")
	})
	t.Run("one's own is worth a note and no reason to refuse", func(t *testing.T) {
		p := s.post(path+"/check", typedRows(s.project.Account.ID, "", "")).requireStatus(http.StatusOK)
		require.Contains(t, p.text(".notice-info"), "Line 1: This is the service's own account.")
		require.Equal(t, "Add 1 account", p.text("#add-save"))
	})
}

func TestAddingAPastedList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 1)
	list := s.whitelists() + "/" + service.ID
	path := list + "/add"
	text := "# from the contract\nid;description;expires\nabc;Acme, Berlin;2027-01-31\n\n" + apitest.Account(0) + ";there already\nabc;twice\n*;all\n"
	sent := typedRows("typed", "", "")
	sent.Set("text", text)
	p := s.post(path+"/check", sent, fragment("add-form")...).requireStatus(http.StatusOK)
	require.False(t, p.whole())
	require.Contains(t, p.text(".notice-error"), "3 lines have problems. 2 accounts can be added.")
	require.Equal(t, p.text(".notice-title"), p.Find("[role=status]").AttrOr("data-announce", ""))
	require.Equal(t, 5, p.Find("#rows .row").Length(), "what was typed and what was pasted")
	require.Equal(t, []string{"typed", "abc", "Acme, Berlin", "2027-01-31"},
		[]string{p.value("rows.0.account"), p.value("rows.1.account"), p.value("rows.1.description"), p.value("rows.1.expires")})
	require.Contains(t, p.text("#rows-2-account-error"), "already")
	require.Contains(t, p.text("#rows-3-account-error"), "line 2")
	require.Empty(t, p.Find("#text").Text())
	require.Zero(t, p.Find("#add-save").Length(), "there is nothing to add yet")
	require.Equal(t, "Drop the 3 bad lines", p.text("#add-drop"))

	p = s.post(path+"/drop", fields(p, "#add-form"))
	require.Equal(t, "Add 2 accounts", p.text("#add-save"))
	s.post(path, fields(p, "#add-form")).requireRedirect(list)
	require.Equal(t, "Acme, Berlin", s.entries(service.ID)["abc"].Description)

	t.Run("is read before it is added, even if nobody asked for that", func(t *testing.T) {
		p := s.post(path, url.Values{"text": {"ghi"}}).requireStatus(http.StatusOK)
		require.Equal(t, "Add 1 account", p.text("#add-save"))
		require.NotContains(t, s.entries(service.ID), "ghi")
	})
	t.Run("or an uploaded one", func(t *testing.T) {
		p := s.sendFile(path+"/check", url.Values{"text": {"pasted"}}, "\ufeffAccount ID,Note\r\nghi,\"a, b\"\r\n").requireStatus(http.StatusOK)
		require.Equal(t, []string{"pasted", "ghi", "a, b"}, []string{p.value("rows.0.account"), p.value("rows.1.account"), p.value("rows.1.description")})
	})
	t.Run("also in UTF-16", func(t *testing.T) {
		content := "\xff\xfe"
		for _, unit := range utf16.Encode([]rune("账号\t描述\r\nghi\t某公司\r\n")) {
			content += string([]byte{byte(unit), byte(unit >> 8)})
		}
		require.Equal(t, "某公司", s.sendFile(path+"/check", nil, content).requireStatus(http.StatusOK).value("rows.0.description"))
	})
	t.Run("that is no text is refused, and what was typed is kept", func(t *testing.T) {
		v := typedRows("typed2", "", "")
		v.Set("text", "pasted")
		p := s.sendFile(path, v, "ghi,\xd6\xd0\xb9\xfa\n").requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".notice-error"), "CSV UTF-8")
		require.Equal(t, "typed2", p.value("rows.0.account"))
		require.Equal(t, "pasted", p.text("#text"))
		_, kept := p.Find("#file").Attr("hx-preserve")
		require.True(t, kept, "the browser keeps the file")
	})
	t.Run("or too long", func(t *testing.T) {
		p := s.post(path, url.Values{"text": {strings.Repeat("x\n", api.MaxAddition+1)}}).requireStatus(http.StatusUnprocessableEntity)
		require.Contains(t, p.text(".notice-error"), "Split the list")
		require.Len(t, p.Find("#text").Text(), 2*(api.MaxAddition+1), "the text is kept")
	})
}

// manyLines is a list of n accounts, of which the first bad have no good expiry.
func manyLines(n, bad int) string {
	var b strings.Builder
	for i := range n {
		expires := ""
		if i < bad {
			expires = ", sometime"
		}
		fmt.Fprintf(&b, "%s, \"Partner, %d\"%s\n", apitest.Account(i), i, expires)
	}
	return b.String()
}

func TestAddingALongList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 0)
	list := s.whitelists() + "/" + service.ID
	path := list + "/add"
	p := s.post(path+"/check", url.Values{"text": {manyLines(700, 230)}}).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".notice-error"), "230 lines have problems. 470 accounts can be added.")
	require.Contains(t, p.text(".notice-error"), "The first 200 of the bad lines")
	require.Equal(t, 200, p.Find("#rows .row").Length(), "the bad ones are rows")
	require.Equal(t, "sometime", p.value("rows.199.expires"))
	require.Contains(t, p.text("#add-rest summary"), "500 more lines")

	t.Run("keeps the lines beside the rows when these are put right", func(t *testing.T) {
		sent := fields(p, "#add-form")
		for i := range 200 {
			sent.Set(fmt.Sprintf("rows.%d.expires", i), "")
		}
		q := s.post(path+"/check", sent)
		require.Contains(t, q.text(".notice-error"), "30 lines have problems. 670 accounts can be added.")
		require.Equal(t, 30, q.Find("#rows .row").Length())
	})
	p = s.post(path+"/drop", fields(p, "#add-form"))
	require.Equal(t, "Add 470 accounts", p.text("#add-save"))
	require.Contains(t, p.text(".notice-success"), "in the background")
	require.Zero(t, p.Find("#rows .row").Length())

	run := s.post(path, fields(p, "#add-form")).requireStatus(http.StatusSeeOther).header.Get("Location")
	require.True(t, strings.HasPrefix(run, list+"/additions/"), run)
	p = s.get(run).requireStatus(http.StatusOK)
	require.Contains(t, p.text("h2"), "of 470 done")
	require.Equal(t, run+"/events", p.Find("#addition").AttrOr("sse-connect", ""))
	require.Contains(t, p.html, `<noscript><meta http-equiv="refresh"`)
	note := s.get(list).Find(".addition-note a")
	require.Equal(t, run, note.AttrOr("href", ""), "it can be found again")
	require.Contains(t, note.Text(), "0 of 470 done")

	s.admit(service.ID, api.PermissionDraft{Permission: api.AccountPrefix + apitest.Account(500), Description: "meanwhile"})
	s.catchUp()
	p = s.get(run)
	require.Contains(t, p.text("h2"), "469 added, 1 refused")
	require.Equal(t, apitest.Account(500), p.text(".table-refused tbody th"))
	require.NotContains(t, p.html, "sse-connect")
	require.Len(t, s.entries(service.ID), 470)

	t.Run("tells of its progress by events", func(t *testing.T) {
		body := s.get(run + "/events").html
		require.Contains(t, body, "event: done\ndata: ")
		require.Contains(t, body, "469 added")
	})
	t.Run("is found again from the whitelist, as long as there is something to look at", func(t *testing.T) {
		note := s.get(list).Find(".addition-note a")
		require.Equal(t, run, note.AttrOr("href", ""))
		require.Contains(t, note.Text(), "1 account was refused when "+user+" added many")
	})
	t.Run("takes what was refused back to the editor", func(t *testing.T) {
		p := s.post(path+"/check", fields(p, ".refused")).requireStatus(http.StatusOK)
		require.Equal(t, []string{apitest.Account(500), "Partner, 500"}, []string{p.value("rows.0.account"), p.value("rows.0.description")})
		require.Contains(t, p.text("#rows-0-account-error"), "already")
	})
	t.Run("an ended one cannot be stopped any more", func(t *testing.T) {
		s.post(run+"/cancel", nil).requireRedirect(run)
		require.Contains(t, s.get(run).text("h2"), "Done")
	})
	t.Run("another service's is not found", func(t *testing.T) {
		other := s.offer("other", 0)
		s.get(strings.Replace(run, service.ID, other.ID, 1)).requireStatus(http.StatusNotFound)
	})
}

func TestStoppingAnAddition(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 0)
	addition, err := s.service.StartAddition(t.Context(), s.scope(), service.ID, apitest.PermissionDrafts(60))
	require.NoError(t, err)
	path := s.whitelists() + "/" + service.ID + "/additions/" + addition.ID
	p := s.post(path+"/cancel", nil, fragment("addition")...).requireStatus(http.StatusOK)
	require.False(t, p.whole())
	require.Contains(t, p.text("h2"), "Stopped. 0 of 60 accounts were added")
	s.catchUp()
	require.Empty(t, s.entries(service.ID))
}

func TestUndoingALargeRemovalGoesOnInTheBackground(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	service := s.offer("orders", 40)
	s.admit(service.ID, apitest.PermissionDrafts(80)[40:]...)
	list := s.whitelists() + "/" + service.ID
	p := s.post(list+"/entries/delete/confirmed", url.Values{"all": {"true"}, "q": {"customer"}}).requireStatus(http.StatusOK)
	require.Empty(t, s.entries(service.ID))
	require.Contains(t, p.text("#undo"), "80 accounts")
	run := s.post(list+"/entries/undo", fields(p, ".undo")).requireStatus(http.StatusSeeOther).header.Get("Location")
	require.Contains(t, run, "/additions/")
	s.catchUp()
	require.Len(t, s.entries(service.ID), 80)
	require.Zero(t, s.get(list).Find(".addition-note").Length(), "there is nothing to look at")
}
