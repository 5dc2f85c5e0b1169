package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// theme is the colours of one theme, by name, as linear RGB.
type theme map[string][3]float64

var (
	themeBlock = regexp.MustCompile(`(?s)@plugin "daisyui/theme" \{\s*name: "(\w+)";(.*?)\n\}`)
	themeLine  = regexp.MustCompile(`--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\);`)
)

func themes(t *testing.T) map[string]theme {
	t.Helper()
	css, err := os.ReadFile("static/theme.css")
	require.NoError(t, err)
	all := map[string]theme{}
	for _, block := range themeBlock.FindAllStringSubmatch(string(css), -1) {
		colours := theme{}
		for _, line := range themeLine.FindAllStringSubmatch(block[2], -1) {
			var v [3]float64
			for i, text := range line[2:] {
				v[i], err = strconv.ParseFloat(text, 64)
				require.NoError(t, err)
			}
			colours[line[1]] = fromOKLCH(v[0]/100, v[1], v[2])
		}
		all[block[1]] = colours
	}
	return all
}

// fromOKLCH converts as CSS Color 4 does, clipped to sRGB.
func fromOKLCH(lightness, chroma, hue float64) [3]float64 {
	a, b := chroma*math.Cos(hue*math.Pi/180), chroma*math.Sin(hue*math.Pi/180)
	cube := func(x float64) float64 { return x * x * x }
	l := cube(lightness + 0.3963377774*a + 0.2158037573*b)
	m := cube(lightness - 0.1055613458*a - 0.0638541728*b)
	s := cube(lightness - 0.0894841775*a - 1.2914855480*b)
	rgb := [3]float64{
		+4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
	}
	for i := range rgb {
		rgb[i] = min(max(rgb[i], 0), 1)
	}
	return rgb
}

// contrast is WCAG's contrast ratio.
func contrast(a, b [3]float64) float64 {
	luminance := func(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

func TestContrast(t *testing.T) {
	t.Parallel()
	surfaces := []string{"color-base-100", "color-base-200"}
	pairs := []struct {
		text     string
		on       []string
		atLeast  float64
		question string
	}{
		{"color-base-content", append(surfaces, "accent-soft", "success-soft", "warning-soft", "error-soft", "field"), 7, "text"},
		{"muted", append(surfaces, "field", "success-soft", "warning-soft", "error-soft"), 4.5, "muted text"},
		{"accent", append(surfaces, "accent-soft", "error-soft", "warning-soft"), 4.5, "links"},
		{"color-success", append(surfaces, "success-soft"), 4.5, "good news"},
		{"color-warning", append(surfaces, "warning-soft"), 4.5, "warnings"},
		{"color-error", append(surfaces, "error-soft"), 4.5, "errors"},
		{"color-primary-content", []string{"color-primary"}, 4.5, "buttons"},
		{"color-error-content", []string{"color-error"}, 4.5, "danger buttons"},
		{"field-line", append(surfaces, "field"), 3, "borders of inputs (WCAG 1.4.11)"},
	}
	all := themes(t)
	require.Len(t, all, 2)
	for name, colours := range all {
		for _, p := range pairs {
			for _, surface := range p.on {
				require.Contains(t, colours, p.text)
				require.Contains(t, colours, surface)
				ratio := contrast(colours[p.text], colours[surface])
				require.GreaterOrEqual(t, ratio, p.atLeast, "%s: %s, %s on %s", name, p.question, p.text, surface)
			}
		}
	}
}
