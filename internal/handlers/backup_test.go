package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// backups is the path of the project's backups.
func (s *site) backups() string { return s.replication() + "/backups" }

// protected makes a policy of what lies at those paths, backs it up and returns
// the backups, by path; what ends in "*" is taken over.
func (s *site) protected(name string, paths ...string) map[string]api.Backup {
	s.t.Helper()
	d := api.PolicyDraft{Name: name}
	for _, path := range paths {
		path, adopt := strings.CutSuffix(path, "*")
		d.Resources = append(d.Resources, api.ResourceDraft{Path: path, Adopt: adopt})
	}
	policy, err := s.service.CreatePolicy(s.t.Context(), s.scope(), d)
	require.NoError(s.t, err)
	s.backUp(policy)
	page, err := s.service.ListBackups(s.t.Context(), s.scope(), api.BackupQuery{Policy: policy.ID, Limit: api.MaxPage})
	require.NoError(s.t, err)
	found := map[string]api.Backup{}
	for _, b := range page.Items {
		found[b.Path] = b
	}
	return found
}

func TestTheListOfBackups(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.get(s.backups()).requireStatus(http.StatusOK)
	require.Contains(t, p.text(".empty"), "No backups yet")
	s.write("docs/a.txt", "a document")
	s.write("notes.txt", "one note")
	made := s.protected("nightly", "docs", "notes.txt", "missing.txt")
	s.dumps("dumps", 3)
	names := func(query string) []string {
		var found []string
		s.get(s.backups() + query).requireStatus(http.StatusOK).Find("tbody .row-link").Each(func(_ int, link *goquery.Selection) { found = append(found, link.Text()) })
		return found
	}

	t.Run("a row tells what was backed up, by which policy, and how that went", func(t *testing.T) {
		p := s.get(s.backups()).requireStatus(http.StatusOK)
		b := made["docs"]
		row := p.text("#row-" + b.ID)
		for _, fact := range []string{b.Name, "docs", "nightly", "Available", "Download"} {
			require.Contains(t, row, fact)
		}
		failed := made["missing.txt"]
		row = p.text("#row-" + failed.ID)
		require.Contains(t, row, "Failed")
		require.NotContains(t, row, "Download")
		require.Contains(t, p.text("#backups-table"), "Taken over")
		require.Zero(t, p.Find("#backups-going[hx-get]").Length(), "nothing goes on")
	})
	t.Run("it is narrowed down", func(t *testing.T) {
		b := made["docs"]
		require.Len(t, names(""), 6)
		require.Equal(t, []string{b.Name}, names("?q=DOCS"))
		require.Equal(t, []string{made["missing.txt"].Name}, names("?status=error"))
		require.Len(t, names("?policy="+b.Policy), 3)
		require.Equal(t, []string{b.Name}, names("?resource="+b.Resource.ID))
		require.Len(t, names("?checkpoint="+b.Checkpoint), 3)
		require.Empty(t, names("?kind=replication"))
		today := b.Created.UTC().Format("2006-01-02")
		require.Len(t, names("?from="+today+"&until="+today), 6)
		require.Empty(t, names("?until=2020-01-01"))
		require.Len(t, names("?status=x&kind=x&from=x&until=31.12."), 6, "what makes no sense is left out")
		require.Equal(t, today, s.get(s.backups()+"?from="+today).value("from"), "what is chosen stays")
	})
	t.Run("the newest stand first, unless somebody sorts", func(t *testing.T) {
		all := names("")
		require.Contains(t, all[0], "dump-")
		require.Contains(t, names("?sort=created")[5], "dump-")
		p := s.get(s.backups())
		require.Equal(t, "descending", p.Find("th:has(#sort-created)").AttrOr("aria-sort", ""))
		require.Equal(t, s.backups()+"?sort=created", p.Find("#sort-created").AttrOr("href", ""))
		require.Equal(t, s.backups(), s.get(s.backups()+"?sort=created").Find("#sort-created").AttrOr("href", ""), "and back")
		require.Equal(t, []string{"dump-00", "dump-01", "dump-02"}, names("?sort=name&q=dump"))
	})
}

func TestAListOfBackupsFollowsWhatGoesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("notes.txt", "one note")
	old := s.protected("nightly", "notes.txt")["notes.txt"]
	policy, err := s.service.Policy(t.Context(), s.scope(), old.Policy)
	require.NoError(t, err)
	checkpoint, err := s.service.StartCheckpoint(t.Context(), s.scope(), api.CheckpointDraft{Policy: policy.ID})
	require.NoError(t, err)
	page, err := s.service.ListBackups(t.Context(), s.scope(), api.BackupQuery{Checkpoint: checkpoint.ID})
	require.NoError(t, err)
	begun := page.Items[0].ID

	p := s.get(s.backups()).requireStatus(http.StatusOK)
	require.Contains(t, p.text("#row-"+begun), "Waiting")
	require.Zero(t, p.Find("#row-"+begun+" .tick").Length(), "it cannot be deleted now")
	require.Equal(t, 1, p.Find(`noscript meta[http-equiv="refresh"]`).Length()+strings.Count(p.html, `<noscript><meta http-equiv="refresh"`), "without script the page loads itself")
	again := p.Find("#backups-going").AttrOr("hx-get", "")
	require.Contains(t, again, "was="+begun)
	s.worked(func() bool {
		c, err := s.service.Checkpoint(t.Context(), s.scope(), checkpoint.ID)
		return err == nil && !c.Ended.IsZero()
	})

	part := s.get(again, fragment("backups-going")...).requireStatus(http.StatusOK)
	require.Contains(t, part.html, `id="row-`+begun+`" hx-swap-oob="true"`)
	require.Contains(t, part.html, "Available")
	require.NotContains(t, part.html, "row-"+old.ID, "other rows stay as they are, and ticked")
	require.NotContains(t, part.html, "hx-get", "there is nothing more to wait for")

	part = s.get(s.backups()+"?was=gone&q=nothing", fragment("backups-going")...).requireStatus(http.StatusOK)
	require.Contains(t, part.html, `<tr id="row-gone" hx-swap-oob="delete">`)
}

func TestThePageOfABackup(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("docs/a.txt", "a document")
	s.write("taken/dump.sql", "create table t")
	made := s.protected("nightly", "docs", "missing", "taken*")

	t.Run("it tells all that is known", func(t *testing.T) {
		b := made["docs"]
		p := s.get(s.backups() + "/" + b.ID).requireStatus(http.StatusOK)
		for _, fact := range []string{"Available", "nightly", "Archive (tar) of a folder", "local-1", b.Sum, b.Checkpoint, "Somebody, by hand", "sha256sum --check"} {
			require.Contains(t, p.text("main"), fact)
		}
		require.Contains(t, p.Find("#backup-verify").Text(), "echo '"+b.Sum+"  "+b.Name+".tar' | sha256sum --check")
		for _, way := range []string{"download", "replicate", "delete"} {
			require.Equal(t, 1, p.Find(`.page-header a[href="`+s.backups()+"/"+b.ID+"/"+way+`"]`).Length(), way)
		}
		require.Equal(t, 1, p.Find(`a[href="`+s.replication()+"/"+b.Policy+`"]`).Length())
		require.Zero(t, p.Find("#backup-now[hx-get]").Length())
	})
	t.Run("one that failed says why and what to do, and offers only what can be done", func(t *testing.T) {
		b := made["missing"]
		p := s.get(s.backups() + "/" + b.ID).requireStatus(http.StatusOK)
		require.NotEmpty(t, p.text("#backup-now .run-reason"))
		require.Zero(t, p.Find(`.page-header a[href$="/download"], .page-header a[href$="/replicate"]`).Length())
		require.Equal(t, 1, p.Find(`.page-header a[href$="/delete"]`).Length())
	})
	t.Run("one that was taken over says so", func(t *testing.T) {
		b := made["taken/dump.sql"]
		p := s.get(s.backups() + "/" + b.ID).requireStatus(http.StatusOK)
		require.Contains(t, p.text("main"), "Somebody else: it was taken over")
		require.Contains(t, p.text("main"), "computed when the object is first read")
	})
	t.Run("copies are told of, and a replica tells what it is of", func(t *testing.T) {
		b := made["docs"]
		policy, err := s.service.Policy(t.Context(), s.scope(), b.Policy)
		require.NoError(t, err)
		run := s.settled(s.replicate(policy).ID)
		p := s.get(s.backups() + "/" + b.ID).requireStatus(http.StatusOK)
		require.Contains(t, p.text("#backup-now"), run.Destination.Region)
		require.Contains(t, s.get(s.backups()).text("#row-"+b.ID+" .cell-copies"), run.Destination.Region)
		for _, r := range s.records(run.ID) {
			if r.Backup.ID != b.ID {
				continue
			}
			there := "/p/" + run.Destination.Project + "/replication/backups/"
			p := s.get(there + r.Replica).requireStatus(http.StatusOK)
			require.Contains(t, p.text("main"), "Replica from local-1")
			require.Contains(t, p.text("main"), "Archive (tar) of a folder")
			require.Equal(t, 1, p.Find(`a[href="`+s.backups()+"/"+b.ID+`"]`).Length())
			require.Zero(t, p.Find(`.page-header a[href$="/replicate"]`).Length(), "a copy is not copied")
		}
	})
	t.Run("others are not there", func(t *testing.T) {
		elsewhere := "/p/" + s.there().Project + "/replication/backups/" + made["docs"].ID
		for _, path := range []string{s.backups() + "/x", s.backups() + "/%00", elsewhere, elsewhere + "/download", elsewhere + "/delete"} {
			s.get(path).requireStatus(http.StatusNotFound)
		}
		s.post(elsewhere+"/delete", nil).requireStatus(http.StatusNotFound)
	})
}

func TestBackupsAreDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("docs/a.txt", "a document")
	s.write("notes.txt", "one note")
	s.write("taken/dump.sql", "create table t")
	made := s.protected("nightly", "docs", "notes.txt", "taken*")
	docs, notes, taken := made["docs"], made["notes.txt"], made["taken/dump.sql"]
	gone := func(ids ...string) {
		t.Helper()
		s.worked(func() bool {
			for _, id := range ids {
				if _, err := s.service.Backup(t.Context(), s.scope(), id); api.CodeOf(err) != api.NotFound {
					return false
				}
			}
			return true
		})
	}

	t.Run("one, after a question that says what follows", func(t *testing.T) {
		p := s.get(s.backups() + "/" + notes.ID + "/delete").requireStatus(http.StatusOK)
		require.Contains(t, p.text(".confirm"), notes.Name)
		require.Contains(t, p.text(".consequences"), "cannot be recovered")
		require.NotContains(t, p.text(".consequences"), "taken over")
		s.post(s.backups()+"/"+notes.ID+"/delete", nil).requireRedirect(s.backups())
		require.Contains(t, s.get(s.backups()).text(".flashes"), notes.Name+" is being deleted")
		gone(notes.ID)
	})
	t.Run("many, by name, and what was taken over stays where it is", func(t *testing.T) {
		ids := url.Values{"id": {docs.ID, taken.ID}, "back": {s.backups()}}
		p := s.post(s.backups()+"/delete", ids).requireStatus(http.StatusOK)
		for _, text := range []string{docs.Name, "dump.sql", "Taken over", "stays where it is"} {
			require.Contains(t, p.text(".confirm"), text)
		}
		p = s.post(s.backups()+"/delete/confirmed", ids).requireStatus(http.StatusOK)
		require.Contains(t, p.text("main"), "Being deleted")
		gone(docs.ID, taken.ID)
		require.FileExists(t, s.object("taken/dump.sql"))
	})
}
