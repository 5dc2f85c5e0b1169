package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestAWellFormedQueue(t *testing.T) {
	t.Parallel()
	d := api.QueueDraft{Name: "ETL_1", CUs: 16}.Normalised()
	require.Equal(t, api.QueueDraft{Name: "etl_1", CUs: 16, Type: api.QueueSQL, CIDR: api.DefaultQueueCIDR}, d)
	for name, change := range map[string]func(*api.QueueDraft){
		"as it is":           func(*api.QueueDraft) {},
		"a long name":        func(d *api.QueueDraft) { d.Name = strings.Repeat("a", 128) },
		"a name with digits": func(d *api.QueueDraft) { d.Name = "2026_orders" },
		"general":            func(d *api.QueueDraft) { d.Type = "GENERAL" },
		"the largest":        func(d *api.QueueDraft) { d.CUs = 1024 },
		"a wide network":     func(d *api.QueueDraft) { d.CIDR = "10.0.0.0/8" },
		"a narrow network":   func(d *api.QueueDraft) { d.CIDR = " 192.168.1.16/28 " },
	} {
		d := d
		change(&d)
		d = d.Normalised()
		require.Empty(t, d.Problems(), name)
	}
}

func TestEachProblemOfAQueueAtItsField(t *testing.T) {
	t.Parallel()
	for want, changes := range map[string][]func(*api.QueueDraft){
		"name queue.name_required":               {func(d *api.QueueDraft) { d.Name = "" }},
		"name queue.name_too_long":               {func(d *api.QueueDraft) { d.Name = strings.Repeat("a", 129) }},
		"name queue.name_default":                {func(d *api.QueueDraft) { d.Name = "Default" }},
		"name queue.name_digits":                 {func(d *api.QueueDraft) { d.Name = "2026" }},
		"description queue.description_too_long": {func(d *api.QueueDraft) { d.Description = strings.Repeat("述", 129) }},
		"description queue.description_form":     {func(d *api.QueueDraft) { d.Description = "a\x00b" }},
		"type queue.type_unknown":                {func(d *api.QueueDraft) { d.Type = "spark" }},
		"tags.0.key tag.key_required":            {func(d *api.QueueDraft) { d.Tags = []api.Tag{{Value: "x"}} }},
		"name queue.name_form": {
			func(d *api.QueueDraft) { d.Name = "_etl" }, func(d *api.QueueDraft) { d.Name = "a-b" },
			func(d *api.QueueDraft) { d.Name = "队列" }, func(d *api.QueueDraft) { d.Name = "a b" },
		},
		"cu_count queue.cus_unknown": {
			func(d *api.QueueDraft) { d.CUs = 0 }, func(d *api.QueueDraft) { d.CUs = 17 }, func(d *api.QueueDraft) { d.CUs = -16 },
		},
		"cidr queue.cidr_form": {
			func(d *api.QueueDraft) { d.CIDR = "10.0.0.0" }, func(d *api.QueueDraft) { d.CIDR = "fd00::/16" }, func(d *api.QueueDraft) { d.CIDR = "x" },
		},
		"cidr queue.cidr_size": {
			func(d *api.QueueDraft) { d.CIDR = "10.0.0.0/29" }, func(d *api.QueueDraft) { d.CIDR = "0.0.0.0/0" },
		},
		"cidr queue.cidr_masked": {func(d *api.QueueDraft) { d.CIDR = "10.1.2.3/16" }},
		"cidr queue.cidr_public": {
			func(d *api.QueueDraft) { d.CIDR = "8.8.8.0/24" }, func(d *api.QueueDraft) { d.CIDR = "172.0.0.0/8" },
		},
	} {
		for _, change := range changes {
			d := api.QueueDraft{Name: "etl", CUs: 16}
			change(&d)
			d = d.Normalised()
			require.Equal(t, []string{want}, said(d.Problems()), "%+v", d)
		}
	}
}
