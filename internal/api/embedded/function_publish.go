package embedded

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// ValidateVersion implements api.Functions.
func (p *Plane) ValidateVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) error {
	if _, err := p.functionOf(ctx, s, function); err != nil {
		return err
	}
	rows, err := versionsOf(ctx, p.db.Read, function)
	if err != nil {
		return err
	}
	return judgeVersion(rows, &d)
}

// judgeVersion applies every rule to a draft of a version; rows are those that
// are there, as versionsOf reads them.
func judgeVersion(rows []versionRow, d *api.VersionDraft) error {
	problems := d.Problems()
	if d.Digest != "" && !strings.EqualFold(d.Digest, rows[0].code().Digest) {
		problems = append(problems, api.Problem{Path: "digest", Message: api.M("version.digest")})
	}
	if len(rows) > 1 && rows[0].unchanged(&rows[1]) {
		problems = append(problems, api.Problem{Message: api.M("version.unchanged", "version", rows[1].Name)})
	}
	if named(rows[1:], d.Name) {
		m := api.M("version.taken", "version", d.Name)
		return &api.Error{Code: api.Conflict, Message: m, Problems: append([]api.Problem{{Path: "version", Message: m}}, problems...)}
	}
	if len(problems) == 0 && len(rows) >= api.MaxVersions {
		return api.Errorf(api.Limit, "version.too_many", "max", api.MaxVersions)
	}
	return api.Refuse(problems)
}

func named(rows []versionRow, name string) bool {
	return slices.ContainsFunc(rows, func(r versionRow) bool { return r.Name == name })
}

// PublishVersion implements api.Functions.
func (p *Plane) PublishVersion(ctx context.Context, s api.Scope, function string, d api.VersionDraft) (api.Version, error) {
	var published versionRow
	err := p.changeFunction(ctx, s, function, 0, func(ctx context.Context, tx bun.Tx, row *functionRow, made api.Deed) (api.Deed, error) {
		rows, err := versionsOf(ctx, tx, function)
		if err != nil {
			return nil, err
		}
		deed, there := made.(api.PublishVersion)
		if !there {
			deed = api.PublishVersion{Function: function, Draft: d}
		}
		if err := judgeVersion(rows, &deed.Draft); err != nil {
			return nil, err
		}
		published = publish(rows, &deed.Draft, s, time.Now())
		if _, err := tx.NewInsert().Model(&published).Exec(ctx); err != nil {
			return nil, err
		}
		return deed, row.record(ctx, tx, s, "publish", nil, published.audited())
	})
	if err != nil {
		return api.Version{}, err
	}
	return published.version(), nil
}

// publish makes the version of a judged draft; rows are as in judgeVersion.
// Whatever the clocks of several processes say, it is newer than those.
func publish(rows []versionRow, d *api.VersionDraft, s api.Scope, now time.Time) versionRow {
	published := rows[0]
	published.Name, published.Description, published.PublishedUpstream = d.Name, d.Description, published.Upstream
	if d.Name == "" {
		published.Name = freeName(rows, now)
	}
	published.CreatedAt = store.Micros(now)
	if len(rows) > 1 {
		published.CreatedAt = max(published.CreatedAt, rows[1].CreatedAt+1)
	}
	published.CreatedBy = s.Actor.User
	published.UpdatedAt, published.UpdatedBy = published.CreatedAt, published.CreatedBy
	return published
}

// freeName names a version by the second in which it was published, and by a
// number if it is not the only one of that second.
func freeName(rows []versionRow, now time.Time) string {
	second := now.UTC().Format("v20060102-150405")
	name := second
	for i := 2; named(rows, name); i++ {
		name = second + "-" + strconv.Itoa(i)
	}
	return name
}
