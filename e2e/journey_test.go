package e2e

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"
	vpcep "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/vpcep/v1"
	"github.com/stretchr/testify/require"
)

// journey is somebody's way through the console, in a project of its own, and
// programs of the same project.
type journey struct {
	*tab

	p        *program
	c        *caller
	key      accessKey
	scripted bool // with JavaScript
}

// bothWays goes on a journey with JavaScript and without.
func bothWays(t *testing.T, p *program, topic string, travel func(j *journey)) {
	t.Helper()
	for name, options := range map[string][]pageOption{"with JavaScript": nil, "without JavaScript": {withoutScript}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			travel(p.travel(t, topic+map[bool]string{true: "-script", false: "-no-script"}[options == nil], options...))
		})
	}
}

// travel makes a project, and signs in.
func (p *program) travel(t *testing.T, project string, options ...pageOption) *journey {
	t.Helper()
	p.addProject(t, project)
	j := &journey{p: p, c: p.call(t, project), key: p.key(t, project), scripted: len(options) == 0, tab: p.browse(t, options...)}
	j.signIn()
	j.home = "/p/" + j.c.project
	return j
}

// photograph takes a picture for the way that the journey goes.
func (j *journey) photograph(what string) {
	j.t.Helper()
	j.picture(what + map[bool]string{true: "-script", false: "-no-script"}[j.scripted])
}

// vpcep is the official SDK in the project.
func (j *journey) vpcep() *vpcep.VpcepClient { return vpcepClient(j.t, j.p, j.key) }

// sqlite opens the program's SQLite file behind its back.
func (p *program) sqlite(t *testing.T, pragma string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "switchboard.db")+"?_txlock=immediate&_pragma="+pragma)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// leave leaves an input by the keyboard and waits until what was typed is judged.
func (w *tab) leave() {
	w.t.Helper()
	w.keys(kb.Tab)
	w.settle("the judgement")
}

// accountID is the id of an account that is nobody's.
func accountID(n int) string { return fmt.Sprintf("%032x", 0xacc<<40|n) }
