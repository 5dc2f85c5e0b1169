package templates

import (
	"context"
	"net/url"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// BackupCollection is the backups of the project whose backups are at base.
func BackupCollection(base string) Collection {
	return Collection{
		Base: base, ID: "backups", Actions: backupBulk(base), Enter: base + "/delete",
		Words: Words{List: "backups.title", Name: "backups.name", Search: "backups.search", All: "backups.all"},
	}
}

// BackupStatuses are the statuses in the order of a backup's life.
var BackupStatuses = []api.BackupStatus{
	api.BackupWaiting, api.BackupProtecting, api.BackupAvailable, api.BackupError, api.BackupDeleting,
}

// BackupsGoing is the part of the list that looks again while something goes on.
const BackupsGoing = "backups-going"

// BackupListView is a page of backups and the question it answers. Base is the
// path of the project's backups.
type BackupListView struct {
	Base     string
	Query    api.BackupQuery
	Policies []api.Used // all of the project's
	Page     api.Page[api.Backup]
	Ticked   bool // all on the page: the way to tick them without JavaScript
	// Again says that this answers a list that looked again; Gone are the ids of
	// what went on when it last looked, and is not there any more.
	Again bool
	Gone  []string
}

// section is the path of the section that the backups are in.
func (v *BackupListView) section() string { return strings.TrimSuffix(v.Base, "/"+BackupsTab) }

// Going are the ids of the backups on the page that something goes on with.
func (v *BackupListView) Going() []string {
	var ids []string
	for i := range v.Page.Items {
		if backupGoing(&v.Page.Items[i]) {
			ids = append(ids, v.Page.Items[i].ID)
		}
	}
	return ids
}

// again is where the list looks at what goes on.
func (v *BackupListView) again(ctx context.Context) string {
	l := v.list(ctx)
	q := l.query(l.Sort, l.Desc, l.Cursor)
	q["was"] = v.Going()
	return address(v.Base, q)
}

func (v *BackupListView) list(ctx context.Context) List {
	return List{
		Collection: BackupCollection(v.Base),
		Search:     v.Query.Search, Filters: v.filters(v.Query.Checkpoint, v.Query.Resource),
		Sort: v.Query.Sort, First: api.BackupSorts[0], Newest: true, Desc: v.Query.Desc,
		Cursor: v.Query.Cursor, Next: v.Page.Next, Prev: v.Page.Prev, Shown: len(v.Page.Items), Ticked: v.Ticked,
		Columns: []ListColumn{
			{Label: locale.T(ctx, "backups.name"), Sort: "name"},
			{Label: locale.T(ctx, "backups.resource")},
			{Label: locale.T(ctx, "backups.status"), Sort: "status"},
			{Label: locale.T(ctx, "backups.size"), Sort: "size"},
			{Label: locale.T(ctx, "backups.replicated")},
			{Label: locale.T(ctx, "backups.created"), Sort: "created"},
			{Label: locale.T(ctx, "backups.actions"), Silent: true},
		},
		Chosen: chosenBackups(*v),
		Blank:  noBackups(v.section()),
	}
}

// status is the one that the list is filtered by, "" for all.
func (v *BackupListView) status() api.BackupStatus {
	if len(v.Query.Statuses) == 0 {
		return ""
	}
	return v.Query.Statuses[0]
}

// filters are what the list is filtered by beside the search, for that checkpoint
// and resource.
func (v *BackupListView) filters(checkpoint, resource string) []form.Hidden {
	return []form.Hidden{
		{Name: "status", Value: string(v.status())}, {Name: "kind", Value: string(v.Query.Kind)}, {Name: "policy", Value: v.Query.Policy},
		{Name: "from", Value: dayText(v.Query.From)}, {Name: "until", Value: dayText(v.Query.Until)},
		{Name: "checkpoint", Value: checkpoint}, {Name: "resource", Value: resource},
	}
}

// with is the address of the list for a checkpoint and a resource.
func (v *BackupListView) with(checkpoint, resource string) string {
	l := v.list(context.Background())
	l.Filters = v.filters(checkpoint, resource)
	return l.href(v.Query.Sort, v.Query.Desc, "")
}

// dayText is the day of a moment as a form has it, "" if there is none.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// usedName is the name of one of those, "" if it is not among them.
func usedName(all []api.Used, id string) string {
	for _, u := range all {
		if u.ID == id {
			return u.Name
		}
	}
	return ""
}

// backupGoing reports whether something goes on with a backup or its copies.
func backupGoing(b *api.Backup) bool {
	switch b.Status {
	case api.BackupWaiting, api.BackupProtecting, api.BackupDeleting:
		return true
	}
	copies := b.CopyStatus()
	return copies == api.CopyWaiting || copies == api.CopyRunning
}

// backupTone is how good or bad a status is, "" while it lasts.
func backupTone(s api.BackupStatus) api.Status {
	switch s {
	case api.BackupAvailable:
		return api.Passed
	case api.BackupError:
		return api.Failed
	}
	return ""
}

// deletable reports whether a backup can be asked to be deleted.
func deletable(b *api.Backup) bool { return backupTone(b.Status) != "" }

// originText says where a backup comes from, "" if a policy just made it.
func originText(ctx context.Context, b *api.Backup) string {
	switch {
	case b.Kind == api.BackupReplica:
		return locale.T(ctx, "backups.replica_from", "region", b.CopyFrom)
	case b.Adopted:
		return locale.T(ctx, "backups.adopted")
	}
	return ""
}

// BackupNote says of a backup in one line what it is.
func BackupNote(ctx context.Context, b *api.Backup) string {
	return joined(clean([]string{b.Resource.Name, locale.Time(b.Created), sizeText(ctx, b.Size), originText(ctx, b)}))
}

// BackupConsequences says what follows if those are removed: of their content, of
// what was taken over and of copies elsewhere.
func BackupConsequences(ctx context.Context, all []api.Backup) []string {
	var ours, adopted, copied bool
	for i := range all {
		b := &all[i]
		adopted, ours = adopted || b.Adopted, ours || !b.Adopted
		for n := range b.Records {
			copied = copied || b.Records[n].Status == api.ReplicationSucceeded
		}
	}
	var said []string
	for _, c := range []struct {
		applies bool
		key     string
	}{{ours, "backups.delete_content"}, {adopted, "backups.delete_adopted"}, {copied, "backups.delete_replicas"}} {
		if c.applies {
			said = append(said, locale.T(ctx, c.key))
		}
	}
	return append(said, locale.T(ctx, "backups.delete_busy"))
}

// latestCopies are the newest records of a backup, one for each region.
func latestCopies(records []api.ReplicationRecord) []*api.ReplicationRecord {
	var latest []*api.ReplicationRecord
	seen := map[string]bool{}
	for i := range records {
		if r := &records[i]; !seen[r.Destination.Region] {
			seen[r.Destination.Region] = true
			latest = append(latest, r)
		}
	}
	return latest
}

// copyText is a copy in a row: where it is, and how far unless it is there.
func copyText(ctx context.Context, r *api.ReplicationRecord) string {
	if r.Status == api.ReplicationSucceeded {
		return r.Destination.Region
	}
	return r.Destination.Region + locale.T(ctx, "form.colon") + locale.T(ctx, "replication_status."+string(r.Status))
}

// ofCheckpoint is the list of the backups that one was made with.
func ofCheckpoint(base, checkpoint string) string {
	return address(base, url.Values{"checkpoint": {checkpoint}})
}
