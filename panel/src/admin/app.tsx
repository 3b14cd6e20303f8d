import type { JSX } from 'preact'
import type { IconName } from '../controls/icons'
import { t } from '../i18n/t'
import { AccountForm, PaperCodes } from '../shell/account_form'
import { Complaint, LiveRegions, StaleBar } from '../shell/bar'
import { Gate } from '../shell/gate'
import { Header } from '../shell/header'
import { Rail } from '../shell/rail'
import { SheetPlace } from '../shell/sheet'
import { StopButton } from '../shell/stop'
import { TokenForm } from '../shell/token_form'
import { who } from '../store/session'
import { About } from './about'
import { Devices } from './devices'
import { AdminEntry } from './entry'
import { People } from './people'
import { RecordTab } from './record'
import { shownTab, type Tab, tab, tabsOf } from './tabs'
import { Trace } from './trace'
import '../presenter/app.css'
import './app.css'

const ICONS: Readonly<{ [T in Tab]: IconName }> = {
  devices: 'sensor',
  trace: 'route',
  people: 'hand',
  about: 'question',
  record: 'clock',
}

/** The page of those who look after the room. */
export function App(): JSX.Element {
  const role = roleNow()
  const shown = shownTab(role, tab.value)
  return (
    <Gate entry={<AdminEntry />}>
      <PaperCodes />
      <div class="shell">
        <Header page={t('app.admin')} />
        <StaleBar />
        <Complaint />
        <div class="shell-body">
          <Rail
            label={t('nav.label')}
            entries={tabsOf(role).map((id) => ({ id, label: labelOf(id), icon: ICONS[id] }))}
            current={shown ?? ''}
          />
          <main class="content">{shown ? <Content tab={shown} /> : <OtherRole />}</main>
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

function roleNow(): string {
  const session = who.value
  return typeof session === 'object' ? session.role : ''
}

function labelOf(id: Tab): string {
  return id === 'record' ? t('record.title') : t(`admin.${id}`)
}

function OtherRole(): JSX.Element {
  return (
    <>
      <p>{t('admin.token')}</p>
      <AccountForm />
      <TokenForm />
    </>
  )
}

function Content({ tab: shown }: { tab: Tab }): JSX.Element {
  switch (shown) {
    case 'devices':
      return <Devices />
    case 'trace':
      return <Trace />
    case 'people':
      return <People />
    case 'about':
      return <About />
    case 'record':
      return <RecordTab />
  }
}
