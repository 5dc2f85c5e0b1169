package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// ReplicationRecordView is one backup of a run.
type ReplicationRecordView struct {
	Base   string // of the section
	Run    api.ReplicationRun
	Record api.ReplicationRecord
	// ProjectName is that of the destination; Reachable says that the reader may
	// use it.
	ProjectName string
	Reachable   bool
}

// recordID is the part of the page that is about the record.
const recordID = "record"

func (v *ReplicationRecordView) going() bool { return v.Record.Ended.IsZero() }

// crumbs is the way to the page of a record.
func (v *ReplicationRecordView) crumbs(ctx context.Context) []Crumb {
	run := ReplicationRunView{Base: v.Base, Run: v.Run}
	return append(run.crumbs(ctx), Crumb{Label: run.Title(ctx), Href: run.path()})
}

// copied is how much of it is at the destination.
func (v *ReplicationRecordView) copied(ctx context.Context) string {
	r := &v.Record
	return locale.T(ctx, "replications.copied_of", "n", sizeText(ctx, r.Bytes), "all", sizeText(ctx, r.Size), "percent", r.Percent())
}

// replica is the page of the replica, in the project that it is in.
func (v *ReplicationRecordView) replica() string {
	return backupPath("/p/"+v.Record.Destination.Project+"/"+SectionReplication, v.Record.Replica)
}
