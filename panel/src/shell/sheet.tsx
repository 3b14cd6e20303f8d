import { signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { endAllHolds } from '../controls/hold'
import { Icon } from '../controls/icons'
import { t } from '../i18n/t'
import './sheet.css'

interface SheetContent {
  /** Made anew at each repaint, so that it follows language and state. */
  readonly title: () => string
  readonly body: () => ComponentChildren
}

const open = signal<SheetContent | null>(null)

/** Whether a sheet is open. */
export function isSheetOpen(): boolean {
  return open.value !== null
}

/** Open a sheet; whatever was held is let go. */
export function openSheet(title: () => string, body: () => ComponentChildren): void {
  endAllHolds()
  open.value = { title, body }
}

/** Close the sheet that is open. */
export function closeSheet(): void {
  open.value = null
}

/** Where sheets appear: from the bottom, at most 60 % high, never over STOP. */
export function SheetPlace(): JSX.Element | null {
  const sheet = open.value
  return sheet && <Sheet sheet={sheet} />
}

function Sheet({ sheet }: { sheet: SheetContent }): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement
    // On the document: a button that goes away when it is pressed takes the focus with it.
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') closeSheet()
      if (event.key === 'Tab' && box.current) keepInside(event, box.current)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  useEffect(() => {
    box.current?.focus()
  }, [sheet])
  return (
    <div class="sheet-place">
      <button
        type="button"
        class="sheet-shade"
        tabIndex={-1}
        aria-label={t('sheet.close')}
        onClick={closeSheet}
      />
      <div ref={box} class="sheet" role="dialog" aria-modal="true" aria-label={sheet.title()} tabIndex={-1}>
        <div class="sheet-head">
          <h2>{sheet.title()}</h2>
          <button type="button" class="plain" onClick={closeSheet}>
            <Icon name="close" /> {t('sheet.close')}
          </button>
        </div>
        {sheet.body()}
      </div>
    </div>
  )
}

function keepInside(event: KeyboardEvent, box: HTMLElement): void {
  const stops = [...box.querySelectorAll<HTMLElement>('button, a, input, select, [tabindex="0"]')]
  const edge = event.shiftKey ? stops[0] : stops.at(-1)
  const next = event.shiftKey ? stops.at(-1) : stops[0]
  const at = document.activeElement
  if (at !== edge && at !== box && box.contains(at)) return
  event.preventDefault()
  next?.focus()
}
