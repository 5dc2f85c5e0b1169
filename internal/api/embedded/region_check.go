package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/objects"
)

// regionTime bounds a test of a region.
const regionTime = 20 * time.Second

// TestRegion implements api.Regions.
func (p *Plane) TestRegion(ctx context.Context, s api.Scope, name string, d api.RegionDraft) (api.Check, error) {
	d = p.completeRegion(d)
	row, err := p.judgeRegion(ctx, p.db.Read, name, d)
	if err != nil {
		return api.Check{}, err
	}
	secret, err := p.secretOf(row, &d)
	if err != nil {
		return api.Check{}, err
	}
	d.Secret = secret
	timed, cancel := context.WithTimeout(ctx, regionTime)
	defer cancel()
	check := p.checkRegion(timed, &d)
	asked := about{Kind: api.KindRegion, ID: name, Name: d.Name, Service: string(d.Kind), Endpoint: d.Folder}
	if d.Kind == api.StoreS3 {
		asked.Endpoint = d.Endpoint + "/" + d.Bucket + "/" + d.Prefix
	}
	return check, p.recordAsked(ctx, s, "test", asked, check)
}

// regionCheck goes through the steps of a test.
type regionCheck struct {
	draft *api.RegionDraft
	store objects.Store
	probe string // key of the object that is written
}

func (p *Plane) checkRegion(ctx context.Context, d *api.RegionDraft) api.Check {
	began := time.Now()
	check := api.Check{Status: api.Passed, At: began.UTC()}
	c := &regionCheck{draft: d, probe: api.ReservedPrefix + "test/" + strings.ToLower(rand.Text())}
	steps := []struct {
		name api.StepName
		take func(context.Context) error
	}{{api.StepConnect, c.connect}, {api.StepRead, c.read}, {api.StepWrite, c.write}}
	if d.Kind == api.StoreFolder {
		steps = steps[1:]
	}
	var err error
	if d.Kind == api.StoreFolder {
		c.store, _, err = p.openFolderStore(d.Folder)
	} else {
		c.store, err = p.openBucket(objects.Place{
			Endpoint: d.Endpoint, Bucket: d.Bucket, Prefix: d.Prefix, Signing: d.Signing, PathStyle: d.PathStyle,
			AccessKey: d.AccessKey, Secret: d.Secret,
		})
	}
	for _, step := range steps {
		if check.Status == api.Failed {
			check.Steps = append(check.Steps, api.Step{Name: step.name, Status: api.Skipped})
			continue
		}
		started := time.Now()
		if err == nil {
			err = step.take(ctx)
		}
		said := api.Step{Name: step.name, Status: api.Passed, Took: time.Since(started)}
		if err != nil {
			check.Status = api.Failed
			c.blame(&said, err)
		}
		check.Steps = append(check.Steps, said)
	}
	check.Took = time.Since(began)
	return check
}

// connect asks for something that is not there: whatever the store answers, it
// answers.
func (c *regionCheck) connect(ctx context.Context) error {
	_, err := c.store.Stat(ctx, c.probe)
	if errors.Is(err, objects.ErrUnreachable) || ctx.Err() != nil {
		return err
	}
	return nil
}

func (c *regionCheck) read(ctx context.Context) error {
	_, err := c.store.Children(ctx, "", "", 1)
	return err
}

// write stores a small object, and looks whether it is there and as it was.
func (c *regionCheck) write(ctx context.Context) error {
	content := []byte(c.probe)
	o, _, err := c.store.Write(ctx, c.probe, bytes.NewReader(content))
	if err != nil {
		return err
	}
	back, err := c.store.Open(ctx, o, 0, -1)
	if err == nil {
		var got []byte
		got, err = io.ReadAll(io.LimitReader(back, int64(len(content))+1))
		_ = back.Close()
		if err == nil && !bytes.Equal(got, content) {
			err = objects.ErrCorrupt
		}
	}
	return errors.Join(err, c.store.Delete(ctx, c.probe))
}

// regionFaults are what a store's errors mean for those who describe it: the
// message, what to do, and the input to blame in a bucket. In a folder that is
// always the folder.
var regionFaults = []struct {
	cause     error
	key, hint string
	path      string
}{
	{objects.ErrUnreachable, "region.test_unreachable", "region.test_unreachable_hint", "endpoint"},
	{context.DeadlineExceeded, "region.test_unreachable", "region.test_unreachable_hint", "endpoint"},
	{objects.ErrNoStore, "region.test_no_store", "region.test_no_store_hint", "bucket"},
	{objects.ErrDenied, "region.test_denied", "region.test_denied_hint", "access_key"},
	{objects.ErrFull, "region.test_full", "region.test_full_hint", "bucket"},
	{objects.ErrCorrupt, "region.test_corrupt", "region.test_corrupt_hint", "endpoint"},
}

// blame says what went wrong in a step.
func (c *regionCheck) blame(step *api.Step, err error) {
	step.Status, step.Message, step.Hint = api.Failed, api.M("region.test_failed"), api.M("region.test_failed_hint")
	step.Path = "endpoint"
	for _, f := range regionFaults {
		if errors.Is(err, f.cause) {
			step.Message, step.Hint, step.Path = api.M(f.key), api.M(f.hint), f.path
			break
		}
	}
	switch {
	case c.draft.Kind == api.StoreFolder:
		step.Path = "folder"
	case strings.Contains(err.Error(), "SignatureDoesNotMatch"):
		step.Path = "secret"
	}
	step.Detail = faultDetail(err.Error())
}
