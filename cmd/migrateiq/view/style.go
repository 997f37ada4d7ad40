// Package view shows plans, diagnostics, progress and reports: as JSON, and as text that is made from that JSON.
package view

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Style says how text may look. The zero value is plain.
type Style struct {
	Colour bool
	Width  int // of the terminal; 0 where there is none
}

// Colours of the sixteen that every terminal has, so that the reader's own theme decides how they look.
func (s Style) paint(text string, c color.Color, bold bool) string {
	if !s.Colour || text == "" {
		return text
	}
	look := lipgloss.NewStyle().Bold(bold)
	if c != nil {
		look = look.Foreground(c)
	}
	return look.Render(text)
}

func (s Style) good(text string) string  { return s.paint(text, lipgloss.Green, false) }
func (s Style) bad(text string) string   { return s.paint(text, lipgloss.Red, true) }
func (s Style) less(text string) string  { return s.paint(text, lipgloss.Red, false) }
func (s Style) care(text string) string  { return s.paint(text, lipgloss.Yellow, false) }
func (s Style) note(text string) string  { return s.paint(text, lipgloss.Cyan, false) }
func (s Style) title(text string) string { return s.paint(text, nil, true) }
func (s Style) faint(text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return lipgloss.NewStyle().Faint(true).Render(text)
}

// columns is the width text is laid out for: the terminal's, within reason, and a fixed one elsewhere, so that the
// same plan gives the same text in every log.
func (s Style) columns() int {
	const least, usual, most = 60, 100, 140
	if s.Width == 0 {
		return usual
	}
	return min(max(s.Width, least), most)
}

// Failure is the look of the word that begins an error.
func (s Style) Failure(text string) string { return s.bad(text) }
