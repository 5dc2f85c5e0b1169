package compare

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"switchboard/internal/api"
)

// MaxItems is how many things one plan copies.
const MaxItems = 200

// Secrets are those that were typed, by the thing and the path.
type Secrets map[Key]map[string]api.Secret

// copying is the copying of one thing.
type copying struct {
	from, to *side
	secrets  map[string]api.Secret // by path
	planned  map[Key]bool          // what the same plan makes before
}

// copied is what copying a thing would do: nothing but dst if it is not there, or is the same.
type copied struct {
	draft
	src, dst *Thing
}

// draft is what would make a thing.
type draft struct {
	deeds []api.Deed
	asks  []string // paths of secrets
	waits Key
	why   *api.Error
	notes []api.Message
	more  bool // once it is there, more is to be done
}

// note adds a note once.
func (d *draft) note(key string, pairs ...any) {
	if !slices.ContainsFunc(d.notes, func(m api.Message) bool { return m.Key == key }) {
		d.notes = append(d.notes, api.M(key, pairs...))
	}
}

// Plan says what copying things from one project to another would do there, in an order
// that works. It writes nothing. Nothing is ever deleted by it. It is for editors of the
// other project.
func Plan(ctx context.Context, from, to Side, keys []Key, secrets Secrets) ([]Item, error) {
	if err := api.Allow(to.Scope.Actor, api.RoleEditor); err != nil {
		return nil, err
	}
	keys = inOrder(keys)
	if len(keys) > MaxItems {
		return nil, api.Errorf(api.Limit, "bulk.too_many", "max", MaxItems)
	}
	items, planned := make([]Item, 0, len(keys)), map[Key]bool{}
	src, dst := open(from), open(to)
	for _, key := range keys {
		item, err := planItem(ctx, &copying{src, dst, secrets[key], planned}, key)
		if err != nil {
			return nil, err
		}
		planned[key] = item.New && item.Why == nil && len(item.Steps) > 0
		items = append(items, item)
	}
	return items, nil
}

// inOrder are the keys, each once, what has to be made first before what needs it.
func inOrder(keys []Key) (sorted []Key) {
	known := map[Key]bool{}
	for _, kind := range Kinds() {
		for _, key := range keys {
			if key.Kind == kind && !known[key] {
				known[key], sorted = true, append(sorted, key)
			}
		}
	}
	return sorted
}

func planItem(ctx context.Context, c *copying, key Key) (Item, error) {
	item := Item{Key: key}
	found, err := kindOf(key.Kind).copy(ctx, c, key)
	if item.Why, err = refusal(err); err == nil && item.Why == nil && found.src == nil {
		item.Why = api.Errorf(api.NotFound, "compare.gone")
	}
	if err != nil || item.Why != nil {
		return item, err
	}
	item.New, item.Same = found.dst == nil, found.src.same(found.dst)
	item.Asks, item.Waits, item.Why, item.Notes, item.more = found.asks, found.waits, found.why, found.notes, found.more
	for _, path := range found.asks {
		if secret := c.secrets[path]; secret.IsZero() {
			item.Missing = append(item.Missing, path)
		}
	}
	seen := []any{key, string(found.src.View)}
	if found.dst != nil {
		item.ThingID, item.ParentID = found.dst.ID, found.dst.Parent
		seen = append(seen, string(found.dst.View))
	}
	for _, deed := range found.deeds {
		state, err := item.step(ctx, c, &found, deed)
		if err != nil {
			return item, err
		}
		seen = append(seen, state)
	}
	if item.Waits != (Key{}) && item.Why == nil {
		item.Steps = []Step{found.later()}
	}
	item.Seen = mark(seen)
	return item, nil
}

// later is what is done once what the item waits for is there.
func (c *copied) later() Step {
	step := Step{About: api.About{Kind: c.src.Key.Kind, Action: api.ActionCreate, Name: c.src.Key.Name}, After: c.src.View}
	if c.dst != nil {
		step.About.Action, step.Before = api.ActionUpdate, c.dst.View
	}
	return step
}

// step plans a deed of the item and returns the state that it was seen against. That a
// secret was not typed yet is no reason to refuse it.
func (i *Item) step(ctx context.Context, c *copying, found *copied, deed api.Deed) (state any, err error) {
	plan, err := deed.Plan(ctx, c.to.Service, c.to.Scope)
	refused, err := refusal(err)
	if err != nil {
		return nil, err
	}
	step := Step{About: deed.About(), deed: deed, After: found.src.View}
	if found.dst != nil {
		step.Before = found.dst.View
	}
	if refused == nil {
		step.About, step.deed = plan.About, plan.Deed
		if step.Before, err = encoded(plan.Before); err == nil {
			step.After, err = encoded(plan.After)
		}
		if err != nil {
			return nil, err
		}
	} else if refused = without(refused, i.Missing); refused != nil && i.Why == nil {
		i.Why = refused
	}
	if step.About.Name == "" {
		step.About.Name = i.Key.Name
	}
	i.Steps = append(i.Steps, step)
	return plan.State, nil
}

// encoded is an object of a plan, nil if there is none.
func encoded(object any) ([]byte, error) {
	if object == nil {
		return nil, nil
	}
	return json.Marshal(object)
}

// without is a refusal for other reasons than that some secrets were not typed, nil if
// there are none.
func without(refused *api.Error, missing []string) *api.Error {
	if len(missing) == 0 || refused.Code != api.Invalid {
		return refused
	}
	left := slices.DeleteFunc(slices.Clone(refused.Problems), func(p api.Problem) bool { return slices.Contains(missing, p.Path) })
	if len(left) == 0 && len(refused.Problems) > 0 {
		return nil
	}
	return &api.Error{Code: refused.Code, Message: refused.Message, Problems: left}
}

// refusal tells what a service refuses from what broke.
func refusal(err error) (*api.Error, error) {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code == api.Internal {
		return nil, err
	}
	return e, nil
}

// mark names what was seen.
func mark(seen []any) string {
	text, _ := json.Marshal(seen) // it was read as JSON, or is encoded into the log
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
