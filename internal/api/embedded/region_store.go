package embedded

import (
	"cmp"
	"context"
	"os"
	"regexp"
	"sync"

	"github.com/uptrace/bun"
	"golang.org/x/time/rate"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
	"switchboard/internal/api/store"
)

// opened are the stores of regions that this process has opened, by the regions'
// names.
type opened struct {
	mu     sync.Mutex
	stores map[string]openedStore
}

type openedStore struct {
	of      regionRow
	folder  os.FileInfo // as it was; another one may be mounted there later
	store   objects.Store
	limiter *rate.Limiter
}

// store opens where the objects of a region are. NotFound if there is no such
// region.
func (p *Plane) store(ctx context.Context, region string) (objects.Store, error) {
	open, err := p.openRegion(ctx, region)
	return open.store, err
}

// limiter bounds what this process copies to a region, in bytes per second; nil
// is no bound. NotFound if there is no such region.
func (p *Plane) limiter(ctx context.Context, region string) (*rate.Limiter, error) {
	open, err := p.openRegion(ctx, region)
	return open.limiter, err
}

func (p *Plane) openRegion(ctx context.Context, name string) (openedStore, error) {
	row, err := findRegion(ctx, p.db.Read, name)
	if err != nil {
		return openedStore{}, err
	}
	settings := row.settings()
	opened := openedStore{of: *row}
	if settings.Kind == api.StoreFolder {
		if opened.store, opened.folder, err = p.openFolderStore(settings.Folder); err != nil {
			return openedStore{}, err
		}
	}
	p.opened.mu.Lock()
	defer p.opened.mu.Unlock()
	before, known := p.opened.stores[name]
	if known && before.of == *row && (opened.folder == nil || os.SameFile(before.folder, opened.folder)) {
		return before, nil
	}
	if opened.store == nil {
		secret, err := row.open(p.keys)
		if err != nil {
			return openedStore{}, err
		}
		if opened.store, err = p.openBucket(settings.at(secret)); err != nil {
			return openedStore{}, err
		}
	}
	opened.limiter = limited(before.limiter, row.Bandwidth)
	if p.opened.stores == nil {
		p.opened.stores = map[string]openedStore{}
	}
	p.opened.stores[name] = opened
	return opened, nil
}

// openBucket opens a place that is a bucket.
func (p *Plane) openBucket(at objects.Place) (objects.Store, error) {
	if p.prober == nil { // a command beside the server, which connects to nothing
		return nil, objects.ErrUnreachable
	}
	return objects.Open(at, p.prober.Transport())
}

// minBurst is how many bytes may be copied at once, however few per second.
const minBurst = 1 << 20

// limited is a limiter of so many bytes per second; the one before goes on, for
// those who copy already.
func limited(before *rate.Limiter, bandwidth int64) *rate.Limiter {
	if bandwidth <= 0 {
		if before != nil {
			before.SetLimit(rate.Inf)
		}
		return nil
	}
	burst := int(max(bandwidth, minBurst))
	if before == nil {
		return rate.NewLimiter(rate.Limit(bandwidth), burst)
	}
	before.SetLimit(rate.Limit(bandwidth))
	before.SetBurst(burst)
	return before
}

// regionOf returns the region that a project is in.
func (p *Plane) regionOf(ctx context.Context, db bun.IDB, project string) (string, error) {
	row, err := findProject(ctx, db, project)
	return cmp.Or(row.Away, row.Region, p.options.Region), err
}

func findProject(ctx context.Context, db bun.IDB, id string) (*projectRow, error) {
	row := new(projectRow)
	err := db.NewSelect().Model(row).Column("id", "account_id", "name", "region").
		ColumnExpr("COALESCE((SELECT b.region FROM project_backends AS b WHERE b.project_id = project_row.id), '') AS away").
		Where("id = ?", id).Scan(ctx)
	return row, orMissing(err, "error.not_found")
}

// isIn reports whether a project is in a region.
func (p *Plane) isIn(project *projectRow, region string) bool {
	return cmp.Or(project.Region, p.options.Region) == region
}

// destination judges where something of the scope's project is to be replicated
// to, and names the project there: the region has to be another one, and the
// project one in it of the same account. Where a project in a region of a cloud can
// replicate to, that knows. Paths of problems are "region" and "project".
func (p *Plane) destination(ctx context.Context, db bun.IDB, s api.Scope, d api.Destination) (projectName string, problems []api.Problem, err error) {
	home, err := findProject(ctx, db, s.Project)
	if err != nil {
		return "", nil, err
	}
	if home.Away != "" {
		return "", cloudProblems(home.Away, d), nil
	}
	m, err := p.destinationRegionProblem(ctx, db, cmp.Or(home.Region, p.options.Region), d.Region)
	if err != nil {
		return "", nil, err
	}
	if !m.IsZero() {
		return "", []api.Problem{{Path: "region", Message: m}}, nil
	}
	if d.Project == "" {
		return "", []api.Problem{{Path: "project", Message: api.M("region.project_required")}}, nil
	}
	var found []projectRow
	if store.Storable(d.Project) {
		err = db.NewSelect().Model(&found).Where("id = ? AND account_id = ?", d.Project, home.AccountID).
			Where("id NOT IN (" + cloudProjects + ")").Scan(ctx)
	}
	if err != nil {
		return "", nil, err
	}
	if len(found) == 0 || !p.isIn(&found[0], d.Region) {
		return "", []api.Problem{{Path: "project", Message: api.M("region.project_unknown", "region", d.Region)}}, nil
	}
	return found[0].Name, nil, nil
}

// cloudWord is what regions and projects of a cloud are called.
var cloudWord = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`)

// cloudProblems judges the form of a destination in a cloud.
func cloudProblems(home string, d api.Destination) []api.Problem {
	at := func(path string, m api.Message) []api.Problem { return []api.Problem{{Path: path, Message: m}} }
	switch {
	case d.Region == "":
		return at("region", api.M("region.destination_required"))
	case d.Region == home:
		return at("region", api.M("region.destination_same", "region", home))
	case !cloudWord.MatchString(d.Region):
		return at("region", api.M("region.destination_unknown", "region", api.Shortened(d.Region)))
	case d.Project == "":
		return at("project", api.M("region.project_required"))
	case !cloudWord.MatchString(d.Project):
		return at("project", api.M("region.project_unknown", "region", d.Region))
	}
	return nil
}

func (p *Plane) destinationRegionProblem(ctx context.Context, db bun.IDB, home, region string) (api.Message, error) {
	switch region {
	case "":
		return api.M("region.destination_required"), nil
	case home:
		return api.M("region.destination_same", "region", home), nil
	}
	_, err := findRegion(ctx, db, region)
	if api.CodeOf(err) == api.NotFound {
		return api.M("region.destination_unknown", "region", api.Shortened(region)), nil
	}
	return api.Message{}, err
}
