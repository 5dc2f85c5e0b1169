package e2e

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"
)

// inRegion runs the suite with projects that live in a region, which is a second program
// that is reached by its wire API alone: go test -args -region. What people see and do is
// the same.
var inRegion = flag.Bool("region", false, "let projects live in a region, which is a second program")

// asRegion starts a program that is a region for another one.
func asRegion(p *program) { p.isRegion = true }

// settle lets the program's first project live in a region.
func (p *program) settle(t *testing.T) {
	t.Helper()
	p.region = start(t, asRegion, checkingForm)
	p.region.call(t).approveNothing()
	p.move(t, regionName, p.region.key(t))
}

// move lets a project of that name live in the region, in the project of a key.
func (p *program) move(t *testing.T, name string, key accessKey) {
	t.Helper()
	cmd := p.command(t, "project", "move", name, "--base", p.region.URL, "--cloud-region", regionName,
		"--cloud-project", key.ProjectID, "--access-key", key.AccessKey)
	cmd.Env = append(cmd.Env, "SWITCHBOARD_REGION_SECRET="+key.SecretKey)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// seat is the program in which the projects of p really are.
func (p *program) seat() *program {
	if p.region != nil {
		return p.region
	}
	return p
}

// without leaves a test out where projects live in a region, and says why: a region of a
// cloud does not do that.
func (p *program) without(t *testing.T, why string) {
	t.Helper()
	if p.region != nil {
		t.Skip("in a region: " + why)
	}
}

// lacks reports, and says in the log, that a part of a test is left out where projects live
// in a region.
func (p *program) lacks(t *testing.T, why string) bool {
	t.Helper()
	if p.region != nil {
		t.Log("in a region: " + why)
	}
	return p.region != nil
}
