package telemetry

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// ContentType is that of what an Exposition writes.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Exposition writes metrics as Prometheus reads them (its text format 0.0.4).
type Exposition struct{ out *bufio.Writer }

// NewExposition writes to w. What was written is complete after Flush.
func NewExposition(w io.Writer) *Exposition { return &Exposition{bufio.NewWriter(w)} }

// Flush ends the exposition.
func (e *Exposition) Flush() error { return e.out.Flush() }

// Gauge writes a figure that goes up and down; labels are names and values in turn.
func (e *Exposition) Gauge(name, help string, value float64, labels ...string) {
	e.head(name, help, "gauge")
	e.sample(name, value, labels)
}

// Counter writes a figure that only goes up.
func (e *Exposition) Counter(name, help string, value float64, labels ...string) {
	e.head(name, help, "counter")
	e.sample(name, value, labels)
}

func (e *Exposition) head(name, help, kind string) {
	_, _ = e.out.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " " + kind + "\n")
}

// escape makes any text the value of a label.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (e *Exposition) sample(name string, value float64, labels []string) {
	_, _ = e.out.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		before := ","
		if i == 0 {
			before = "{"
		}
		_, _ = e.out.WriteString(before + labels[i] + `="` + escape.Replace(labels[i+1]) + `"`)
	}
	if len(labels) > 0 {
		_ = e.out.WriteByte('}')
	}
	_, _ = e.out.WriteString(" " + number(value) + "\n")
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
