package terminal

import (
	"fmt"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// typedMods are the modifiers that a program can be told of; locks are not.
const typedMods = tea.ModShift | tea.ModAlt | tea.ModCtrl | tea.ModMeta | tea.ModHyper | tea.ModSuper

// encode is what an xterm sends for a key to a program with these modes
// (ctlseqs, "PC-Style Function Keys"; terminfo(5), xterm-256color). It is nil
// for keys that send nothing, such as a modifier alone.
func encode(k tea.Key, m modes) []byte {
	mod := k.Mod & typedMods
	if mod&(tea.ModHyper|tea.ModSuper) != 0 {
		return nil // these belong to the desktop
	}
	if mod&tea.ModMeta != 0 {
		mod = mod&^tea.ModMeta | tea.ModAlt
	}
	if p := encodeFunction(k.Code, mod, m); p != nil {
		return p
	}
	p := encodeKeypad(k, mod, m)
	if p == nil {
		p = encodeC0(k.Code, mod)
	}
	if p == nil {
		p = encodeText(k, mod)
	}
	if p != nil && mod&tea.ModAlt != 0 {
		return append([]byte{0x1b}, p...)
	}
	return p
}

// encodeFunction encodes keys without a character: arrows, paging, F1 to F20.
func encodeFunction(code rune, mod tea.KeyMod, m modes) []byte {
	number := modNumber(mod)
	if final, ok := letterKeys[code]; ok {
		switch {
		case number > 1:
			return fmt.Appendf(nil, "\x1b[1;%d%c", number, final)
		case final >= 'P' || m.cursorKeys: // F1 to F4 are always SS3
			return []byte{0x1b, 'O', final}
		}
		return []byte{0x1b, '[', final}
	}
	if tilde, ok := tildeKeys[code]; ok {
		if number > 1 {
			return fmt.Appendf(nil, "\x1b[%d;%d~", tilde, number)
		}
		return fmt.Appendf(nil, "\x1b[%d~", tilde)
	}
	return nil
}

// modNumber is xterm's parameter for the modifiers; 1 is none.
func modNumber(mod tea.KeyMod) int {
	n := 1
	if mod&tea.ModShift != 0 {
		n++
	}
	if mod&tea.ModAlt != 0 {
		n += 2
	}
	if mod&tea.ModCtrl != 0 {
		n += 4
	}
	return n
}

// encodeKeypad encodes the numeric keypad: as characters, unless the program
// asked for its own sequences (DECKPAM) and NumLock does not overrule it.
func encodeKeypad(k tea.Key, mod tea.KeyMod, m modes) []byte {
	key, ok := keypadKeys[k.Code]
	switch {
	case !ok:
		return nil
	case m.keypad && mod == 0 && k.Mod&tea.ModNumLock == 0:
		return []byte{0x1b, 'O', key.application}
	case k.Text != "": // a comma for a point, on some keyboards
		return []byte(k.Text)
	}
	return []byte{key.plain}
}

// encodeC0 encodes the keys that are control characters by themselves.
func encodeC0(code rune, mod tea.KeyMod) []byte {
	shift, ctrl := mod&tea.ModShift != 0, mod&tea.ModCtrl != 0
	switch {
	case code == tea.KeyEnter:
		return []byte{'\r'}
	case code == tea.KeyTab && shift:
		return []byte("\x1b[Z")
	case code == tea.KeyTab:
		return []byte{'\t'}
	case code == tea.KeyBackspace && ctrl:
		return []byte{'\b'}
	case code == tea.KeyBackspace:
		return []byte{0x7f}
	case code == tea.KeyEscape:
		return []byte{0x1b}
	}
	return nil
}

// encodeText encodes keys that have a character, with or without Ctrl.
func encodeText(k tea.Key, mod tea.KeyMod) []byte {
	if mod&tea.ModCtrl != 0 {
		if c, ok := controlOf(k, mod); ok {
			return []byte{c}
		}
	}
	if k.Text != "" {
		return []byte(k.Text)
	}
	if k.Code <= 0 || k.Code > unicode.MaxRune || unicode.IsControl(k.Code) {
		return nil
	}
	r := k.Code
	switch shift := mod&tea.ModShift != 0; {
	case shift && k.ShiftedCode != 0:
		r = k.ShiftedCode
	case shift != (k.Mod&tea.ModCapsLock != 0):
		r = unicode.ToUpper(r)
	}
	return []byte(string(r))
}

// controlOf is the control character of Ctrl and a key. Where the keyboard is
// not Latin, the key's place on a US keyboard counts.
func controlOf(k tea.Key, mod tea.KeyMod) (byte, bool) {
	if mod&tea.ModShift != 0 && k.ShiftedCode != 0 {
		if c, ok := control(k.ShiftedCode); ok {
			return c, true
		}
	}
	if c, ok := control(k.Code); ok {
		return c, true
	}
	switch {
	case k.Code > unicode.MaxASCII:
		return control(k.BaseCode)
	case k.Code == '-' && mod&tea.ModShift != 0: // the underscore of most keyboards
		return 0x1f, true
	}
	return 0, false
}

// control is the control character of Ctrl and r, as XLookupString(3) has it.
func control(r rune) (byte, bool) {
	switch {
	case r >= '@' && r < 0x7f:
		return byte(r & 0x1f), true
	case r >= '3' && r <= '7':
		return byte(r - '3' + 0x1b), true
	}
	switch r {
	case ' ', '2':
		return 0, true
	case '/':
		return 0x1f, true
	case '8', '?':
		return 0x7f, true
	}
	return 0, false
}
