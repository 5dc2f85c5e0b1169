package mirror

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// kindRow is how far a part is, for other processes and after a restart. Each process
// reads for itself; the row is written when something is news.
type kindRow struct {
	bun.BaseModel `bun:"table:mirror_kinds"`

	ProjectID string   `bun:",pk"`
	Kind      api.Kind `bun:",pk"`
	ObjectID  string   `bun:",pk"`
	ReadAt    int64
	TriedAt   int64
	Trouble   string
}

// keepEvery is how long the row of a part that is read without trouble may stay behind.
const keepEvery = time.Minute

// kept is how far a part was when that was last written down.
func (m *Service) kept(ctx context.Context, r *region, p part) (f api.Freshness) {
	row := new(kindRow)
	err := m.db.Read.NewSelect().Model(row).
		Where("project_id = ? AND kind = ? AND object_id = ?", r.scope.Project, p.kind, p.of).Scan(ctx)
	if err != nil {
		return f // nobody has read it
	}
	f.Read, f.Tried = store.Time(row.ReadAt), store.Time(row.TriedAt)
	if row.Trouble != "" {
		_ = json.Unmarshal([]byte(row.Trouble), &f.Trouble) // as keep wrote it
	}
	return f
}

// keep writes down how far a part is, if that is news.
func (m *Service) keep(ctx context.Context, r *region, p part, was, is api.Freshness) {
	news := was.Trouble.IsZero() != is.Trouble.IsZero() || was.Trouble.Key != is.Trouble.Key
	if !news && is.Tried.Sub(was.Read) < keepEvery && !was.Read.IsZero() {
		return
	}
	row := &kindRow{ProjectID: r.scope.Project, Kind: p.kind, ObjectID: p.of, ReadAt: micros(is.Read), TriedAt: micros(is.Tried)}
	if !is.Trouble.IsZero() {
		row.Trouble = encode(is.Trouble)
	}
	err := m.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(row).On("CONFLICT (project_id, kind, object_id) DO UPDATE").
			Set("read_at = EXCLUDED.read_at, tried_at = EXCLUDED.tried_at, trouble = EXCLUDED.trouble").Exec(ctx)
		return err
	})
	if err != nil { // nothing is lost but the age
		m.log.WarnContext(ctx, "how far a mirror is was not written down", "project", r.scope.Project, "kind", p.kind, "error", err)
	}
}

func micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return store.Micros(at)
}

// noteRow is what a region did not keep of the last change of an object.
type noteRow struct {
	bun.BaseModel `bun:"table:mirror_notes"`

	ProjectID string   `bun:",pk"`
	Kind      api.Kind `bun:",pk"`
	ObjectID  string   `bun:",pk"`
	At        int64
	KeptNot   string
}

// note compares what somebody asked for with what there is now, both in the shape of a
// draft, and writes down what is not the same.
func (m *Service) note(ctx context.Context, r *region, kind api.Kind, id string, asked, made any) {
	paths := differing(asked, made)
	for i, path := range paths {
		if input, is := strings.CutPrefix(path, "Inputs."); is {
			paths[i] = input
		} else {
			paths[i] = strings.ToLower(path)
		}
	}
	row := &noteRow{ProjectID: r.scope.Project, Kind: kind, ObjectID: id, At: store.Micros(m.now()), KeptNot: encode(paths)}
	err := m.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if len(paths) == 0 {
			_, err := tx.NewDelete().Model(row).WherePK().Exec(ctx)
			return err
		}
		_, err := tx.NewInsert().Model(row).On("CONFLICT (project_id, kind, object_id) DO UPDATE").
			Set("at = EXCLUDED.at, kept_not = EXCLUDED.kept_not").Exec(ctx)
		return err
	})
	if err != nil {
		m.log.WarnContext(ctx, "what a region did not keep was not written down", "project", r.scope.Project, "kind", kind, "error", err)
	}
}

// NotKept implements api.Backends.
func (m *Service) NotKept(ctx context.Context, s api.Scope, kind api.Kind, id string) ([]string, error) {
	r, err := m.region(ctx, s.Project)
	if err != nil || r == nil {
		return nil, err
	}
	var texts []string
	err = m.db.Read.NewSelect().Model((*noteRow)(nil)).Column("kept_not").
		Where("project_id = ? AND kind = ? AND object_id = ?", s.Project, kind, id).Scan(ctx, &texts)
	var paths []string
	for _, text := range texts {
		_ = json.Unmarshal([]byte(text), &paths) // as note wrote it
	}
	return paths, err
}

// differing are the paths of what is not the same in two drafts of one type: dotted,
// with the names that JSON gives fields and the keys of maps; lists are one thing.
func differing(asked, made any) []string {
	var a, b any
	_ = json.Unmarshal([]byte(encode(asked)), &a)
	_ = json.Unmarshal([]byte(encode(made)), &b)
	var paths []string
	differ("", a, b, &paths)
	slices.Sort(paths)
	return paths
}

func differ(path string, a, b any, paths *[]string) {
	x, isX := a.(map[string]any)
	y, isY := b.(map[string]any)
	if !isX || !isY {
		if encode(a) != encode(b) {
			*paths = append(*paths, path)
		}
		return
	}
	keys := slices.Collect(maps.Keys(x))
	for key := range y {
		if _, there := x[key]; !there {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		below := key
		if path != "" {
			below = path + "." + key
		}
		differ(below, x[key], y[key], paths)
	}
}

// encode is for values of our own making, which always have a JSON form.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
