import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'

/** An SVG that the daemon drew (a QR), as a picture: what it holds can be no markup of this page. */
export function Drawing({ svg, label }: { svg: string; label: string }): JSX.Element | null {
  const source = useMemo(() => `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`, [svg])
  return svg ? <img class="drawing" src={source} alt={label} /> : null
}
