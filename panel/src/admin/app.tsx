import type { JSX } from 'preact'
import type { IconName } from '../controls/icons'
import { t } from '../i18n/t'
import { Complaint, LiveRegions, StaleBar } from '../shell/bar'
import { Gate, TokenForm } from '../shell/gate'
import { Header } from '../shell/header'
import { Rail } from '../shell/rail'
import { SheetPlace } from '../shell/sheet'
import { StopButton } from '../shell/stop'
import { who } from '../store/session'
import { About } from './about'
import { Devices } from './devices'
import { TABS, type Tab, tab } from './tabs'
import { Trace } from './trace'
import '../presenter/app.css'
import './app.css'

const ICONS: Readonly<Record<Tab, IconName>> = { devices: 'sensor', trace: 'route', about: 'question' }

/** The page of those who look after the room. */
export function App(): JSX.Element {
  return (
    <Gate>
      <div class="shell">
        <Header page={t('app.admin')} />
        <StaleBar />
        <Complaint />
        <div class="shell-body">
          <Rail
            label={t('nav.label')}
            entries={TABS.map((id) => ({ id, label: t(`admin.${id}`), icon: ICONS[id] }))}
            current={tab.value}
          />
          <main class="content">{isAdmin() ? <Content /> : <OtherRole />}</main>
        </div>
        <div class="stop-place">
          <StopButton place="bar" />
        </div>
        <SheetPlace />
        <LiveRegions />
      </div>
    </Gate>
  )
}

function isAdmin(): boolean {
  const session = who.value
  return typeof session === 'object' && session.role === 'admin'
}

function OtherRole(): JSX.Element {
  return (
    <>
      <p>{t('admin.token')}</p>
      <TokenForm />
    </>
  )
}

function Content(): JSX.Element {
  switch (tab.value) {
    case 'devices':
      return <Devices />
    case 'trace':
      return <Trace />
    case 'about':
      return <About />
  }
}
