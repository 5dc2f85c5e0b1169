package embedded

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// rampRow is a ramp as it is stored.
type rampRow struct {
	bun.BaseModel `bun:"table:ramps"`

	ID         string `bun:"id,pk"`
	ProjectID  string
	AliasID    string
	Main       string
	Additional string
	Steps      string
	Promote    bool
	State      api.RampState
	Step       int64
	Since      int64
	NextAt     int64
	Actor      string
	StartedAt  int64
	StartedBy  string
	EndedAt    int64
	EndedBy    string
	Message    string
}

// ramp is the row as the domain knows it.
func (r *rampRow) ramp() api.Ramp {
	ramp := api.Ramp{
		ID: r.ID, Alias: r.AliasID, Main: r.Main, Additional: r.Additional, Steps: r.steps(), Promote: r.Promote,
		State: r.State, At: int(r.Step), Since: store.Time(r.Since), Next: store.Time(r.NextAt),
		Started: api.Stamp{At: store.Time(r.StartedAt), By: r.StartedBy},
		Ended:   store.Time(r.EndedAt), EndedBy: r.EndedBy,
	}
	decode(r.Message, &ramp.Message)
	return ramp
}

func (r *rampRow) steps() (steps []api.RampStep) {
	decode(r.Steps, &steps)
	return steps
}

// hold begins a step: from now on it is in force. The next comes by itself,
// unless the step has no end, or was the last and nothing is to be promoted.
func (r *rampRow) hold(step int, now time.Time) {
	steps := r.steps()
	r.State, r.Step, r.Since, r.NextAt, r.Message = api.RampRunning, int64(step), store.Micros(now), 0, ""
	if hold := steps[step].Hold; hold > 0 && (step+1 < len(steps) || r.Promote) {
		r.NextAt = store.Micros(now.Add(hold))
	}
}

// pause lets the ramp wait for somebody; message is why, if nobody wished it.
func (r *rampRow) pause(message api.Message) {
	r.State, r.NextAt, r.Message = api.RampPaused, 0, ""
	if !message.IsZero() {
		r.Message = encode(message)
	}
}

// end ends the ramp in a final state.
func (r *rampRow) end(state api.RampState, by string, now time.Time) {
	r.State, r.NextAt, r.Message = state, 0, ""
	r.EndedAt, r.EndedBy = store.Micros(now), by
	switch {
	case state != api.RampOvertaken:
	case by == "": // in the region that the project lives in
		r.Message = encode(api.M("ramp.overtaken_there"))
	default:
		r.Message = encode(api.M("ramp.overtaken", "by", api.By(by)))
	}
}

// audited is the row for the audit log; of no ramp, nothing.
func (r *rampRow) audited() *api.AuditedRamp {
	if r == nil {
		return nil
	}
	ramp := r.ramp()
	return ramp.Audited()
}

// rampUnderWay reads the ramp of an alias that has not ended; nil if there is
// none.
func rampUnderWay(ctx context.Context, db bun.IDB, alias string) (*rampRow, error) {
	row := new(rampRow)
	err := db.NewSelect().Model(row).Where("alias_id = ? AND ended_at = 0", alias).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// addRamps fills in what ramps of aliases are under way.
func addRamps(ctx context.Context, db bun.IDB, aliases []api.Alias) error {
	if len(aliases) == 0 {
		return nil
	}
	at := make(map[string]int, len(aliases))
	ids := make([]string, len(aliases))
	for i := range aliases {
		ids[i] = aliases[i].ID
		at[ids[i]] = i
	}
	var rows []rampRow
	err := db.NewSelect().Model(&rows).Where("alias_id IN (?)", bun.List(ids)).Where("ended_at = 0").Scan(ctx)
	for i := range rows {
		aliases[at[rows[i].AliasID]].Ramp = new(rows[i].ramp())
	}
	return err
}
